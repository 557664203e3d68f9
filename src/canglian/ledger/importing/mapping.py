"""What stands where in a CSV file: a small TOML file, or the same names as flags.

``docs/reference/import.md`` describes every name. A mapping is either of *statement* form (a column ``account``, and
an amount that goes in or out of it against a counter account) or of *journal* form (columns ``debit`` and ``credit``).
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec
from msgspec import Meta

import canglian.ledger.importing.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.kernel.errors import Malformed
from canglian.kernel.values import AssetCode, Code, Name, Reference
from canglian.ledger.model import Side

M = TypeVar("M", bound="Format")

Column = Annotated[str, Meta(min_length=1)]
Prefix = Annotated[str, Meta(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*\Z")]

_LISTS = frozenset({"in", "out", "metadata", "header", "date_format"})
_COLUMNS = frozenset(
    {
        *(
            "account",
            "debit",
            "credit",
            "date",
            "amount",
            "amount_in",
            "amount_out",
            "direction",
            "reference",
            "balance",
        ),
        *("head_column", "asset_column", "name", "owner", "purpose", "metadata", "header", "rules"),
    }
)
"""Entries that name columns, which are taken without the spaces around their names."""


class Format(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"in_": "in"}):
    """How the file is written. ``header`` names the columns of a file that has no header line."""

    encoding: str = "utf-8-sig"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    header: list[Column] | None = None
    decimal: Literal[".", ","] = "."
    thousands: Annotated[str, Meta(max_length=1)] = ""


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How accounts that the book does not have are opened: by the column's value behind ``prefix`` as reference.

    ``floor`` (in minor units) is left out for none: history may have been below zero.
    """

    head: Name
    prefix: Prefix = ""
    name: Prefix = ""
    floor: int | None = None
    normal_side: Side | None = None


class Counter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An account on the other side, opened without limits where the book does not have it."""

    head: Name
    reference: Reference | None = None
    name: Name | None = None
    normal_side: Side | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a line is: the first rule whose ``when`` values and ``direction`` fit gives code and counter account."""

    when: dict[Column, str] = msgspec.field(default_factory=dict[str, str])
    direction: Literal["in", "out"] | None = None
    code: Code | None = None
    counter: str | None = None


class Mapping(Format, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of movements."""

    asset: AssetCode = "CNY"
    account: Column | None = None
    debit: Column | None = None
    credit: Column | None = None
    date: Column = "date"
    date_format: list[str] = msgspec.field(default_factory=lambda: ["%Y-%m-%d"])
    amount: Column | None = None
    amount_in: Column | None = None
    amount_out: Column | None = None
    direction: Column | None = None
    in_: list[str] = msgspec.field(default_factory=list[str])
    out: list[str] = msgspec.field(default_factory=list[str])
    negative: Literal["agree", "reverse"] = "agree"
    reference: Column | None = None
    identity: Literal["reference", "content", "file"] | None = None
    metadata: list[Column] = msgspec.field(default_factory=list[str])
    balance: Column | None = None
    tolerance: str = "1.00"
    order: Literal["file", "date", "newest-first"] = "file"
    late: Literal["refuse", "book"] = "refuse"
    code: Code | None = None
    counter: str | None = None
    opening: str | None = None
    accounts: Opening | None = None
    counters: dict[str, Counter] = msgspec.field(default_factory=dict[str, Counter])
    rules: list[Rule] = msgspec.field(default_factory=list[Rule])

    @property
    def known_by(self) -> Literal["reference", "content", "file"]:
        """What a line is known by: as the mapping says, else its reference where it has one, else all that it says."""
        return self.identity or ("content" if self.reference is None else "reference")

    @property
    def books_late(self) -> bool:
        """Whether lines are booked whose account has later ones."""
        return self.late == "book"

    @property
    def has_time(self) -> bool:
        """Whether lines carry a time of day, so that their order within a day is known."""
        return any("%H" in form or "%I" in form for form in self.date_format)

    @property
    def is_journal(self) -> bool:
        """Whether every line names both accounts."""
        return self.account is None

    @property
    def columns(self) -> list[str]:
        """Every column that the file must have."""
        named = (
            self.account,
            self.debit,
            self.credit,
            self.date,
            self.amount,
            self.amount_in,
            self.amount_out,
            self.direction,
            self.reference,
            self.balance,
            *self.metadata,
            *(column for rule in self.rules for column in rule.when),
        )
        return list(dict.fromkeys(column for column in named if column is not None))


class AccountMapping(Format, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of accounts. ``head`` and ``asset`` are what stands for all; ``head_column`` and ``asset_column`` win.

    ``balance`` is the column of the opening balance, booked on ``date`` (``YYYY-MM-DD``) against ``counter``.
    """

    reference: Column = "reference"
    prefix: Prefix = ""
    head: Name | None = None
    head_column: Column | None = None
    asset: AssetCode = "CNY"
    asset_column: Column | None = None
    name: Column | None = None
    owner: Column | None = None
    purpose: Column | None = None
    metadata: list[Column] = msgspec.field(default_factory=list[str])
    floor: int | None = 0
    no_floor: bool = False
    balance: Column | None = None
    date: str | None = None
    counter: str | None = None
    counters: dict[str, Counter] = msgspec.field(default_factory=dict[str, Counter])

    @property
    def columns(self) -> list[str]:
        """Every column that the file must have."""
        named = (self.reference, self.head_column, self.asset_column, self.name, self.owner, self.purpose, self.balance)
        return list(dict.fromkeys(column for column in (*named, *self.metadata) if column is not None))


def load_mapping(path: Path | None, flags: dict[str, Any] | None = None) -> Mapping:
    """The mapping of a TOML file with flags over it. Raises Malformed ``import.mapping_*``.

    Flags have the file's names, in a table ``accounts.head``; one that is None is not given; lists have commas.
    """
    mapping = _load(Mapping, path, flags or {})
    _check(mapping)
    return mapping


def load_account_mapping(path: Path | None, flags: dict[str, Any] | None = None) -> AccountMapping:
    """The same for a file of accounts."""
    mapping = _load(AccountMapping, path, flags or {})
    if mapping.head is None and mapping.head_column is None:
        raise _invalid("head or head_column is needed")
    if mapping.balance is not None and (mapping.date is None or mapping.counter is None):
        raise _invalid("an opening balance needs date and counter")
    return mapping


def _load(kind: type[M], path: Path | None, flags: dict[str, Any]) -> M:
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as problem:
            raise Malformed("import.mapping_unreadable", file=str(path), problem=str(problem)) from None
    for name, value in flags.items():
        if value is not None:
            _set(values, name, value)
    if isinstance(values.get("date_format"), str):
        values["date_format"] = [values["date_format"]]
    try:
        named = {name: _trimmed(value) if name in _COLUMNS else value for name, value in values.items()}
        mapping = msgspec.convert(named, kind, strict=False)
        if mapping.encoding != "auto":
            b"a".decode(mapping.encoding, "replace")
    except (msgspec.ValidationError, LookupError, UnicodeError) as problem:
        raise _invalid(str(problem)) from None
    if mapping.delimiter in '\r\n"\0':
        raise _invalid("delimiter stands between fields, so it is no end of a line and no quotation mark")
    if mapping.thousands and (mapping.thousands == mapping.decimal or mapping.thousands in "0123456789+-"):
        raise _invalid("thousands is neither the decimal sign nor a digit nor a sign")
    return mapping


def _trimmed(value: Any) -> Any:
    """Names of columns, and the values looked for in them, without spaces around them."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [_trimmed(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {_trimmed(name): _trimmed(each) for name, each in cast("dict[str, Any]", value).items()}
    return value


def _set(values: dict[str, Any], name: str, value: Any) -> None:
    """Put a flag in its place; ``accounts.head`` is the entry ``head`` of the table ``accounts``."""
    *tables, last = name.split(".")
    for table in tables:
        inner = values.setdefault(table, {})
        if not isinstance(inner, dict):
            raise _invalid(f"{table} is not a table")
        values = cast("dict[str, Any]", inner)
    is_list = last in _LISTS and isinstance(value, str)
    values[last] = [part.strip() for part in value.split(",")] if is_list else value


def _check(mapping: Mapping) -> None:
    if (mapping.account is None) == (mapping.debit is None or mapping.credit is None):
        raise _invalid("either account, or debit and credit, name the accounts")
    if (mapping.amount is None) == (mapping.amount_in is None or mapping.amount_out is None):
        raise _invalid("either amount, or amount_in and amount_out, name the amounts")
    if mapping.is_journal and (mapping.amount is None or mapping.direction or mapping.balance or mapping.opening):
        raise _invalid("with debit and credit there is one amount, and no direction, balance or opening")
    if mapping.direction is not None and (mapping.amount is None or not mapping.in_ or not mapping.out):
        raise _invalid("direction needs amount, in and out")
    if set(mapping.in_) & set(mapping.out):
        raise _invalid("a value of direction means either in or out")
    if mapping.negative != "agree" and mapping.direction is None and mapping.amount is not None:
        raise _invalid("negative needs direction, or amount_in and amount_out")
    if mapping.opening is not None and mapping.balance is None:
        raise _invalid("opening needs balance")
    if mapping.identity == "reference" and mapping.reference is None:
        raise _invalid("identity reference needs reference")
    if mapping.code is None and not mapping.rules:
        raise _invalid("code or rules are needed")


def _invalid(problem: str) -> Malformed:
    return Malformed("import.mapping_invalid", problem=problem)
