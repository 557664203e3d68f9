"""What a field of a command knows of itself, beside its form: its label, its help, its unit and its check.

A field type is an annotated type with a ``Field``, which the reader of types passes over::

    Reason = Annotated[str, Meta(max_length=120, description="…"), Field(label="Reason", check=impersonal)]

``check(command)`` runs the checks of all fields. The engine calls it before a command is let in, so no way in (API,
console, proposal, command line, phone) can forget one, and what is refused is written nowhere.
"""

import enum
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from canglian.kernel.errors import CanglianError, Rejection, declare
from canglian.kernel.hidden import HIDDEN, code_point
from canglian.kernel.personal import is_personal

declare(
    {
        "party.text_personal": (
            "Do not enter an identity number, card number or mobile here: this text is not encrypted."
        ),
        "text.hidden": "Leave out the character {character}: it is not seen, or turns the direction of a text.",
    }
)

Check = Callable[[Any], None]
"""Raises a Rejection for a value that must not be kept; it need not name the field."""


class Unit(enum.StrEnum):
    """What an integer counts, so that pages show and read it as people write it."""

    MONEY = "money"
    """Minor units of the asset at hand: yuan on pages."""

    RATE_PPM = "rate_ppm"
    """Millionths a year: percent on pages."""

    SHARE_BPS = "share_bps"
    """Basis points: percent on pages."""


DECIMALS = {Unit.MONEY: 2, Unit.RATE_PPM: 4, Unit.SHARE_BPS: 2}
"""How many decimals a value of a unit has where people read and write it."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """``label`` and ``help`` are message ids: what stands above an input, and below it.

    With ``of_file`` it is the SHA-256 of a file: pages let people choose the file, which stays with them.
    """

    label: str = ""
    help: str = ""
    unit: Unit | None = None
    check: Check | None = None
    of_file: bool = False


def identifier(prefix: str, description: str | None = None) -> Meta:
    """The form of a prefixed id: ``identifier("dep", "A deposit account's id.")`` for ``dep_`` and 26 characters."""
    return Meta(pattern=rf"^{prefix}_[0-9a-z]{{26}}\Z", description=description)


def doc(text: str) -> Meta:
    """What a field means, for the API's description: ``at: Annotated[datetime, doc("When it was made.")]``."""
    return Meta(description=text)


def visible(text: str) -> None:
    """A text that is kept says what it shows: nothing in it turns its direction or commands, and all are characters.

    Rejects ``text.hidden``.
    """
    if not (text.isascii() and text.isprintable()) and (found := HIDDEN.search(text)):
        raise Rejection("text.hidden", character=code_point(found[0]))


def impersonal(text: str) -> None:
    """A text that is kept in plain holds no number of a person. Rejects ``party.text_personal``, ``text.hidden``."""
    visible(text)
    if is_personal(text):
        raise Rejection("party.text_personal")


PRINTABLE = r"^[^\x00-\x1f\x7f]+\Z"
"""A text of one line, without control characters."""

PlainText = Annotated[str, Meta(pattern=PRINTABLE, min_length=1, max_length=120), Field(check=impersonal)]
"""A text that is kept in plain: it holds no number of a person."""

Reason = Annotated[
    str,
    Meta(pattern=PRINTABLE, min_length=1, max_length=120, description="Why; it stays on record."),
    Field(label="Reason", help="Kept on record as plain text: do not enter numbers here.", check=impersonal),
]
Note = Annotated[
    str,
    Meta(pattern=PRINTABLE, min_length=1, max_length=120, description="A remark; it must hold no personal number."),
    Field(label="Note", check=impersonal),
]


# -- checking ------------------------------------------------------------------------------------------------------

Steps = tuple[str | int, ...]
"""The way to a value inside a struct: ``("lines", 2, "reference")``."""

FAULTS_MAX = 100
"""How many faults of one struct are named."""

_Walk = Callable[[Any, Steps], None]


def check(thing: Any) -> None:
    """Run the checks of all fields of a struct, and of those inside it. The error names the field as ``field``.

    Raises what the first check that fails raises, a Rejection; those of the other faults are its ``others``.
    """
    _walk_fields(thing, type(thing), ())


def check_each(things: Iterable[Any], field: str) -> None:
    """Run the checks of all fields of structs that stand in a list."""
    faults = _Faults()
    for position, thing in enumerate(things):
        try:
            _walk_fields(thing, type(thing), (field, position))
        except CanglianError as error:
            faults.add(error)
    faults.reject()


def faults_of_value(value: Any, annotation: Any) -> list[CanglianError]:
    """What the checks of a type say of a value of it, each with its ``steps``."""
    walk = _walk(annotation)
    try:
        if walk is not None and value is not None:
            walk(value, ())
    except CanglianError as error:
        return [error, *error.others]
    return []


@contextmanager
def inside(*steps: str | int) -> Generator[None]:
    """What is refused inside names its field as one of these: ``payload.reason``."""
    try:
        yield
    except CanglianError as error:
        for fault in (error, *error.others):
            field = fault.fields.get("field")
            fault.steps = (*steps, *fault.steps)
            fault.fields["field"] = f"{as_written(steps)}.{field}" if field else as_written(steps)
        raise


def as_written(steps: Steps) -> str:
    """Steps as people write them: ``lines[2].reference``."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return "".join(parts).removeprefix(".")


class _Faults:
    """The faults of a struct, gathered so that all of them are named at once."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[CanglianError] = []

    def add(self, error: CanglianError) -> None:
        self._found += (error, *error.others)
        if len(self._found) >= FAULTS_MAX:
            self.reject()

    def reject(self) -> None:
        if self._found:
            first, *others = self._found[:FAULTS_MAX]
            first.others = tuple(others)
            raise first


def _walk_fields(thing: Any, kind: type, steps: Steps) -> None:
    faults = None
    for name, walk in _walks(kind):
        value = getattr(thing, name)
        if value is not None and value is not msgspec.UNSET:
            try:
                walk(value, (*steps, name))
            except CanglianError as error:
                faults = faults or _Faults()
                faults.add(error)
    if faults is not None:
        faults.reject()


@cache
def _walks(kind: type) -> tuple[tuple[str, _Walk], ...]:
    """The fields of a struct that have something to check, each with what walks its value."""
    if not issubclass(kind, msgspec.Struct):
        return ()
    hints = get_type_hints(kind, include_extras=True)
    found = ((name, _walk(hints[name])) for name in kind.__struct_fields__)
    return tuple((name, walk) for name, walk in found if walk is not None)


def _walk(annotation: Any) -> _Walk | None:
    """What walks a value of a type, None where nothing of it is checked."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        checks = [extra.check for extra in more if isinstance(extra, Field) and extra.check is not None]
        return _all_of([*(_leaf(made) for made in checks), _walk(inner)])
    if origin in (Union, types.UnionType):
        options = [each for each in get_args(annotation) if each not in (types.NoneType, msgspec.UnsetType)]
        if len(options) == 1:
            return _walk(options[0])
        return _all_of([_if_text(_walk(each)) if base_of(each)[0] is str else _walk(each) for each in options])
    if origin in (list, tuple):
        return _each(_walk(get_args(annotation)[0]))
    if origin is dict:
        key, value = get_args(annotation)
        return _pairs(_walk(key), _walk(value))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _struct(annotation) if _walks(annotation) else None
    return None


def _leaf(checked: Check) -> _Walk:
    def walk(value: Any, steps: Steps) -> None:
        try:
            checked(value)
        except CanglianError as error:
            error.steps = steps
            error.fields.setdefault("field", as_written(steps))
            raise

    return walk


def _if_text(inner: _Walk | None) -> _Walk | None:
    """What walks a text, where a value may be something else, such as a number."""
    if inner is None:
        return None

    def walk(value: Any, steps: Steps) -> None:
        if isinstance(value, str):
            inner(value, steps)

    return walk


def _all_of(walks: list[_Walk | None]) -> _Walk | None:
    present = [walk for walk in walks if walk is not None]
    if len(present) < 2:
        return present[0] if present else None

    def walk(value: Any, steps: Steps) -> None:
        for each in present:
            each(value, steps)

    return walk


def _each(inner: _Walk | None) -> _Walk | None:
    if inner is None:
        return None

    def walk(values: Any, steps: Steps) -> None:
        faults = _Faults()
        for position, value in enumerate(values):
            try:
                inner(value, (*steps, position))
            except CanglianError as error:
                faults.add(error)
        faults.reject()

    return walk


def _pairs(key: _Walk | None, value: _Walk | None) -> _Walk | None:
    if key is None and value is None:
        return None

    def walk(pairs: Any, steps: Steps) -> None:
        faults = _Faults()
        for name, text in pairs.items():
            try:
                if key is not None:
                    key(name, steps)
                if value is not None:
                    value(text, (*steps, name))
            except CanglianError as error:
                faults.add(error)
        faults.reject()

    return walk


def _struct(kind: type) -> _Walk:
    def walk(thing: Any, steps: Steps) -> None:
        if isinstance(thing, kind):
            _walk_fields(thing, kind, steps)

    return walk


# -- describing ----------------------------------------------------------------------------------------------------


def fields_of(kind: type) -> Iterator[tuple[str, Any, Any]]:
    """Name, annotation and default of each field of a struct; ``msgspec.NODEFAULT`` where it has to be given."""
    hints = get_type_hints(kind, include_extras=True)
    for info in msgspec.structs.fields(kind):
        default = info.default
        if info.default_factory is not msgspec.NODEFAULT:
            default = info.default_factory()
        yield info.name, hints[info.name], default


def field_of(annotation: Any) -> Field:
    """What a field's type says of it; nothing for a type that says nothing.

    A type that names another one anew counts and is typed as that: an ``Amount`` with a label of its own is money.
    """
    given = [extra for extra in _extras(annotation) if isinstance(extra, Field)]
    if len(given) < 2:
        return given[0] if given else Field()
    unit = next((each.unit for each in given if each.unit is not None), None)
    return replace(given[0], unit=unit, of_file=any(each.of_file for each in given))


def description_of(annotation: Any) -> str:
    """What the API's description says of a field's type."""
    texts = (extra.description for extra in _extras(annotation) if isinstance(extra, Meta) and extra.description)
    return next(texts, "")


def base_of(annotation: Any) -> tuple[Any, bool]:
    """The type under all annotations, and whether None is allowed too. That it may be left out is no type."""
    if get_origin(annotation) is Annotated:
        return base_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        options = [each for each in get_args(annotation) if each not in (types.NoneType, msgspec.UnsetType)]
        inner, optional = base_of(options[0]) if len(options) == 1 else (Union[tuple(options)], False)  # noqa: UP007
        return inner, optional or types.NoneType in get_args(annotation)
    return annotation, False


def _extras(annotation: Any) -> Iterator[Any]:
    """The annotations of a type and of its options, outermost last so that an alias may be said anew."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from reversed(more)
        yield from _extras(inner)
    elif get_origin(annotation) in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _extras(option)
