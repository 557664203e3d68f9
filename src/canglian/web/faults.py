"""Every fault of a body at once: where it is, as a JSON pointer, and what the type reader or a field's check says.

The reader of types stops at the first fault. Whoever writes a program against the API wants all of them, so a body that
cannot be read is looked at again, field by field. That happens to refused bodies only.
"""

import enum
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, get_args, get_origin

import msgspec

from canglian.kernel import untrusted
from canglian.kernel.errors import AMOUNTS, CanglianError
from canglian.kernel.fields import FAULTS_MAX, as_written, base_of, faults_of_value, fields_of

CHOICES_MAX = 40
"""So many members of an enum are named."""

_PATH_AT = re.compile(r" - at `(key in )?\$?\.?([^`]*)`")
_STEP = re.compile(r"\[(\d+|\.\.\.)\]|([^.\[\]]+)")


class RawFault(msgspec.Struct, frozen=True):
    """A fault: the steps to where it is, and what the type reader says; or the error of a check of the field."""

    steps: tuple[str | int, ...]
    message: str = ""
    error: CanglianError | None = None

    @property
    def pointer(self) -> str:
        """Where it is, as RFC 6901 writes it."""
        return pointer_of(self.steps)

    @property
    def where(self) -> str:
        """Where it is, as people write it: ``lines[2].amount``."""
        return as_written(self.steps)


def pointer_of(steps: tuple[str | int, ...]) -> str:
    """Steps as a JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def steps_of(where: str) -> tuple[str | int, ...]:
    """``lines[2].amount`` as steps."""
    return tuple(int(place) if place.isdigit() else name or place for place, name in _STEP.findall(where))


def split_path(message: str) -> tuple[str, str]:
    """What the type reader says, without where; and where."""
    found = _PATH_AT.search(message)
    return _PATH_AT.sub("", message), found[2] if found else ""


def with_choices(message: str, annotation: Any) -> str:
    """What the type reader says, with the members of the enum where it found none of them."""
    if annotation is None or "enum value" not in message:
        return message
    kind = base_of(annotation)[0]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        members = [str(member.value) for member in kind]
    else:
        members = [str(each) for each in get_args(kind)]
    return f"{message}: it is one of {', '.join(members)}" if 0 < len(members) <= CHOICES_MAX else message


def faults_of(body: bytes, kind: Any) -> list[RawFault]:
    """The faults of a body that is not of a type, those of its texts after them; none where it is no JSON at all."""
    try:
        value = untrusted.read_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    every = chain(_faults(value, kind, ()), repeats_of(body))
    found = [fault for fault, _ in zip(every, range(FAULTS_MAX), strict=False)]
    return sorted(found, key=lambda fault: fault.error is not None)


def repeats_of(body: bytes) -> list[RawFault]:
    """The names that stand twice in an object of a body."""
    return [RawFault(steps, f"`{steps[-1]}` stands here twice") for steps in untrusted.repeated_names(body)]


def _faults(value: Any, annotation: Any, steps: tuple[str | int, ...]) -> Iterator[RawFault]:
    try:
        read = msgspec.convert(value, annotation)
    except msgspec.ValidationError as error:
        message, where = split_path(str(error))
        inside = list(_inside(value, base_of(annotation)[0], steps))
        text = message if where else with_choices(message, annotation)
        yield from inside or [RawFault((*steps, *steps_of(where)), text)]
    else:
        for found in faults_of_value(read, annotation):
            yield RawFault((*steps, *found.steps), error=found)


def _inside(value: Any, kind: Any, steps: tuple[str | int, ...]) -> Iterator[RawFault]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        yield from _inside_struct(value, kind, steps)
    elif get_origin(kind) in (list, tuple) and isinstance(value, list):
        for position, item in enumerate(value):
            yield from _faults(item, get_args(kind)[0], (*steps, position))
    elif get_origin(kind) is dict and isinstance(value, dict):
        key, inner = get_args(kind)
        for name, item in value.items():
            yield from _faults(name, key, steps)
            yield from _faults(item, inner, (*steps, name))


def _inside_struct(
    value: dict[str, Any], kind: type[msgspec.Struct], steps: tuple[str | int, ...]
) -> Iterator[RawFault]:
    outside = {info.name: info.encode_name for info in msgspec.structs.fields(kind)}
    known = set(outside.values())
    if isinstance(tag := kind.__struct_config__.tag_field, str):
        known.add(tag)
    if kind.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in known:
                yield RawFault((*steps, name), f"Object contains unknown field `{name}`")
    for name, annotation, default in fields_of(kind):
        called = outside[name]
        if called in value:
            yield from _faults(value[called], annotation, (*steps, called))
        elif default is msgspec.NODEFAULT:
            yield RawFault((*steps, called), f"Object missing required field `{called}`")


def places_of(body: bytes, named: Any, names: frozenset[str] | None = None) -> list[tuple[str | int, ...]]:
    """Where a body names a thing, by its number or its text, and not by an amount that is the same; only in fields of
    these names, where there are any."""
    try:
        value = untrusted.read_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    found = (steps for steps in _places(value, named, ()) if names is None or steps[-1] in names)
    return [steps for steps, _ in zip(found, range(FAULTS_MAX), strict=False)]


def _places(value: Any, named: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in AMOUNTS:
                yield from _places(inner, named, (*steps, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _places(inner, named, (*steps, position))
    elif not isinstance(value, bool | float) and str(value) == str(named):
        yield steps
