"""The fields of forms: what a command's type says of each, how its value is shown, written and read."""

import enum
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, get_args

import msgspec

from canglian.kernel.amounts import major, share
from canglian.kernel.errors import Malformed
from canglian.kernel.fields import DECIMALS, Unit, base_of, field_of
from canglian.kernel.values import SHANGHAI
from canglian.web.console.formats import joined, money, number
from canglian.web.console.forms import error_at, read_money

Translate = Callable[[str], str]

_TIMES = {"instant": time.min, "first_day": time.min, "last_day": time(23, 59, 59)}
"""The kinds of instants, and the time that stands for a day where no time of it is typed."""


class FormField(msgspec.Struct, frozen=True):
    """One field of a form. ``label`` and ``help`` are message ids.

    ``kind`` is how it is typed: text, tel, number, account, decimal, date, instant, flag, select, ticks (several
    members of an enum), list, digest (the SHA-256 of a file that is chosen) or hidden; an instant may be asked for as
    its first_day or last_day. ``members`` are the values of an enum, ``family`` has their words: ``freeze_kind`` for
    ``freeze_kind.out``. ``longest`` bounds a text. Where it ``clears``, nothing typed is None for the command: what was
    left out would stay.
    """

    name: str
    label: str
    help: str
    kind: str
    unit: Unit | None
    required: bool
    default: Any
    members: list[str] = []
    family: str = ""
    longest: int | None = None
    clears: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right in a table."""
        return self.kind in ("number", "decimal")

    def choices(self, translate: Translate) -> list[tuple[str, str]]:
        """The members of an enum with their words."""
        return [(member, translate(f"{self.family}.{member}")) for member in self.members]

    def shown(self, value: Any, translate: Translate) -> str:
        """A value as people read it."""
        if value is None:
            return translate("without limit")
        if self.kind == "flag":
            return translate("yes") if value else translate("no")
        if self.kind == "select":
            return translate(f"{self.family}.{value.value}")
        if self.kind == "list":
            return joined(value, translate)
        if self.unit is Unit.MONEY:
            return money(value)
        if self.unit is not None:
            return f"{major(value, DECIMALS[self.unit])} %"
        return number(value) if self.kind == "number" else str(value)

    def written(self, value: Any) -> str:
        """A value as a form has it."""
        if value is None or value is msgspec.NODEFAULT:
            return ""
        if self.kind == "flag":
            return "yes" if value else ""
        if self.kind == "list":
            return " ".join(map(str, value))
        if self.unit is not None:
            return major(value, DECIMALS[self.unit])
        return str(value.value if isinstance(value, enum.Enum) else value)

    def read(self, values: Mapping[str, str], asset: str = "CNY", scales: Mapping[str, int] | None = None) -> Any:
        """What a form says, for the command: nothing typed stays nothing. Rejects ``amount.*`` and ``share.*``."""
        text = values.get(self.name, "")
        if self.clears and not text:
            return None
        if self.kind == "flag":
            return text == "yes"
        if self.kind == "ticks":
            return self.ticked(values) or ""
        if self.kind == "digest":
            return text.lower()
        if self.kind == "list":
            return re.split(r"[\s,，、;；]+", text) if text else ""
        if self.kind in _TIMES and text:
            with error_at(self.name):
                return _instant(text, _TIMES[self.kind])
        if self.unit is Unit.MONEY and text:
            return read_money(values, self.name, asset, scales)
        if self.unit is not None and text:
            with error_at(self.name):
                return share(text, DECIMALS[self.unit])
        return text

    def ticked(self, values: Mapping[str, str]) -> list[str]:
        """The members that are ticked, each by a field of its own: ``name_member``."""
        return [member for member in self.members if values.get(f"{self.name}_{member}")]


def _instant(text: str, day: time) -> str:
    """A day, or a time of it, as an instant of the branch. Malformed ``form.time`` for what is neither."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("form.time") from None
    return (typed if ":" in text else datetime.combine(typed, day)).replace(tzinfo=SHANGHAI).isoformat()


def form_field(
    name: str, annotation: Any, default: Any, family: str | None = None, kind: str = "", *, keeps: bool = False
) -> FormField:
    """A field of a struct, as ``fields_of`` gives it. ``family`` has an enum's words; by default the enum's name."""
    base, optional = base_of(annotation)
    of_type = field_of(annotation)
    enumerated = next((part for part in (base, *get_args(base)) if _is_enum(part)), None)
    members = [member.value for member in enumerated] if enumerated is not None else []
    return FormField(
        name,
        of_type.label or f"field.{name}",
        of_type.help,
        kind or ("digest" if of_type.of_file else _kind(base, of_type.unit, has_members=bool(members))),
        of_type.unit,
        default is msgspec.NODEFAULT and not optional,
        default,
        members,
        family or (re.sub(r"(?<!^)(?=[A-Z])", "_", enumerated.__name__).lower() if enumerated is not None else ""),
        None if get_args(base) else _longest(annotation),
        optional and default is msgspec.UNSET and not keeps,
    )


def _is_enum(base: Any) -> bool:
    return isinstance(base, type) and issubclass(base, enum.Enum)


def _kind(base: Any, unit: Unit | None, *, has_members: bool) -> str:
    if unit is not None:
        return "decimal"
    if get_args(base):
        return "ticks" if has_members else "list"
    if has_members:
        return "select"
    return {bool: "flag", int: "number", date: "date", datetime: "instant"}.get(base, "text")


def _longest(annotation: Any) -> int | None:
    """How many characters a text takes at most."""
    found = (meta.max_length for meta in getattr(annotation, "__metadata__", ()) if isinstance(meta, msgspec.Meta))
    return next((most for most in found if most), None)
