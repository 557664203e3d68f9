"""Every entity of the house, found by importing every room; and some of each to write and read."""

import enum
import importlib
import pkgutil
import random
import re
import types
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

import canglian
from canglian.kernel.entity import ENTITIES, Entity

for _module in pkgutil.walk_packages(canglian.__path__, "canglian."):
    if _module.name.rsplit(".", 1)[-1] in ("model", "records"):
        importlib.import_module(_module.name)

HOUSE_ENTITIES: list[type[Entity]] = [e for e in ENTITIES.values() if e.__module__.startswith("canglian.")]
"""Every entity that a migration makes a table for."""

_NEAR = datetime(2000, 1, 1, tzinfo=UTC)
_FITTING = [
    *("purpose.payee", "5411", "330106", "青浦支行", "0f" * 32, "shilu", "invite", "cof_" + "0" * 26, "dormant:90"),
]
"""Texts for fields that have a form."""
_TEXTS = ["", "a", "青浦支行", 'quo"te\\', "line\nbreak", "emoji 🦀", "x" * 3000]


def sample(entity: type[Entity], number: int, chance: random.Random) -> Any:
    """One of a kind; ``number`` keeps keys and unique texts apart."""
    hints = get_type_hints(entity)
    values = {name: _value(hints[name], name, number, chance) for name in entity.__struct_fields__}
    if "captured" in values:
        values["captured"] = chance.randrange(values["amount"] + 1)
    if entity.__key__ in {(name,) for name, value in values.items() if type(value) is date}:
        values[entity.__key__[0]] = date(1999, 12, 30) + timedelta(days=number)
    return entity(**values)


def _value(hint: Any, name: str, number: int, chance: random.Random) -> Any:
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        bounds = [extra for extra in extras if isinstance(extra, msgspec.Meta)]
        if hint is int and any(bound != msgspec.Meta(description=bound.description) for bound in bounds):
            low = [bound.ge for bound in bounds if bound.ge is not None]
            low += [bound.gt + 1 for bound in bounds if bound.gt is not None]
            high = [bound.le for bound in bounds if bound.le is not None]
            high += [bound.lt - 1 for bound in bounds if bound.lt is not None]
            return chance.randint(int(max(low, default=0)), int(min(high, default=2**62)))
        if hint is str and any(bound.pattern is not None or bound.max_length is not None for bound in bounds):
            return chance.choice([text for text in _FITTING if all(_fits(text, bound) for bound in bounds)])
    if get_origin(hint) in (Union, types.UnionType):
        if chance.random() < 0.4:
            return None
        return _value(next(arg for arg in get_args(hint) if arg is not type(None)), name, number, chance)
    return _of(get_origin(hint) or hint, hint, name, number, chance)


def _fits(text: str, bound: msgspec.Meta) -> bool:
    return len(text) <= (bound.max_length or len(text)) and re.search(bound.pattern or "", text) is not None


def _of(plain: Any, hint: Any, name: str, number: int, chance: random.Random) -> Any:
    if plain is Literal:
        return chance.choice(get_args(hint))
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        return chance.choice(list(plain))
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        hints = get_type_hints(plain, include_extras=True)
        return plain(**{f: _value(hints[f], f, number, chance) for f in plain.__struct_fields__})
    return {
        int: lambda: number if name in ("id", "number", "account", "transfer") else chance.randrange(1, 2**62),
        str: lambda: f"{name} {number} {chance.choice(_TEXTS)}",
        bool: lambda: chance.random() < 0.5,
        bytes: lambda: chance.randbytes(32),
        date: lambda: date(1999, 12, 30) + timedelta(days=chance.randrange(-30_000, 30_000)),
        datetime: lambda: (
            datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(-(10**15), 10**15))
        ),
        dict: lambda: {f"k{n}": _of_dict(hint, name, n, chance) for n in range(chance.randrange(4))},
        list: lambda: [_value(get_args(hint)[0], name, n, chance) for n in range(chance.randrange(4))],
        tuple: lambda: tuple(_value(get_args(hint)[0], name, n, chance) for n in range(chance.randrange(4))),
    }[plain]()


def _of_dict(hint: Any, name: str, n: int, chance: random.Random) -> Any:
    """A value of a dictionary: a text, or what its type says where that is a number."""
    kind = get_args(hint)[1] if get_args(hint) else str
    return _value(int, name, n, chance) if kind is int else chance.choice(_TEXTS)
