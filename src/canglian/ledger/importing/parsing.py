"""From the texts of one line to one movement: exact amounts, dates, direction, kind."""

import re
import unicodedata
from datetime import date, datetime
from functools import cache

import msgspec

from canglian.kernel.values import SHANGHAI
from canglian.ledger.importing.mapping import Format, Mapping, Rule
from canglian.ledger.importing.reading import LineProblem

_MANGLED = re.compile(
    r"[+-]?(?:[0-9]+(?:[.,][0-9]+)?E\+[0-9]+|[0-9][.,][0-9]+E-?[0-9]+"
    r"|[0-9]+(?:[.,][0-9]+)?(?:[X×*]10\^|×10)[0-9]+"
    r"|[0-9]{4,}[.,]0+|[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.0*)?)"
    r"|['‘’`][0-9]+|=\"?[+-]?[0-9]+\"?"
    r"|#+|#(?:N/A|REF!|VALUE!|NAME\?|NUM!|NULL!|DIV/0!|ERROR!|SPILL!|CALC!)"
)
"""What spreadsheets and programs write for a number: one that is too long for them, is shown as an amount, has a mark
before it that keeps it as text, or could not be found."""

_MANGLED_FIRST = "0123456789#+-='‘’`"

_SPACES = " \u00a0\u2009\u202f"


@cache
def _amount(decimal: str, thousands: str) -> re.Pattern[str]:
    """What an amount looks like: thousands, where they are grouped at all, stand in groups of three."""
    point = re.escape(decimal)
    between = re.escape(_SPACES if thousands in _SPACES else thousands)
    grouped = f"|[1-9][0-9]{{0,2}}(?:[{between}][0-9]{{3}}){{1,6}}" if thousands else ""
    return re.compile(f"([+-]?)([0-9]{{1,20}}{grouped}|(?={point}[0-9]))(?:{point}([0-9]*))?")


class Movement(msgspec.Struct, frozen=True, gc=False):
    """One line, understood. ``amount`` is in minor units; it raises the account's balance where it is positive.

    In journal form ``account`` is debited and ``counter`` credited. ``balance`` is the source's own after this line.
    """

    line: int
    day: date
    at: datetime
    account: str
    counter: str
    amount: int
    code: str
    reference: str | None
    metadata: dict[str, str] | None
    balance: int | None
    values: list[str]


def minor_units(text: str, form: Format, scale: int, asset: str) -> int:
    """The amount as an integer; raises LineProblem ``import.amount_*``. No binary fraction is involved."""
    found = _amount(form.decimal, form.thousands).fullmatch(text.strip())
    if found is None:
        raise LineProblem("import.amount_invalid", value=text)
    sign, whole, part = found[1], found[2], (found[3] or "").rstrip("0")
    if len(part) > scale:
        raise LineProblem("import.amount_fractional", value=text, scale=scale, asset=asset)
    if not whole.isdigit():
        whole = "".join(digit for digit in whole if digit in "0123456789")
    value = int(whole + part.ljust(scale, "0"))
    return -value if sign == "-" else value


def unmangled(text: str, column: str | None) -> str:
    """A number or name, unless a spreadsheet rounded it or wrote an error there (``import.value_mangled``)."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if plain[:1] not in _MANGLED_FIRST or plain.isdecimal():
        return text
    if _MANGLED.fullmatch("".join(plain.split()).upper()):
        raise LineProblem("import.value_mangled", value=text, column=column)
    return text


class Parser:
    """Reads the lines of one file as its mapping says."""

    def __init__(self, mapping: Mapping, header: list[str], scale: int) -> None:
        self._mapping = mapping
        self._scale = scale
        self._place = {name: position for position, name in enumerate(header)}
        self._in, self._out = frozenset(mapping.in_), frozenset(mapping.out)
        self._days: dict[str, tuple[date, datetime]] = {}
        self._out_negative: bool | None = None
        self._rules = [([(self._place[c], v) for c, v in rule.when.items()], rule) for rule in mapping.rules]

    def movement(self, line: int, values: list[str]) -> Movement:
        """The movement of a line. Raises LineProblem."""
        mapping = self._mapping
        amount = self._amount(values)
        day, at = self._day(self._needed(values, mapping.date))
        rule = self._rule(values, "in" if amount > 0 else "out")
        code = rule.code or mapping.code
        if mapping.account is not None:
            prefix = "" if mapping.accounts is None else mapping.accounts.prefix
            account = prefix + self._number(values, mapping.account)
            counter = rule.counter or mapping.counter
        else:
            account = self._number(values, mapping.debit)
            counter = self._number(values, mapping.credit)
        if code is None or counter is None:
            raise LineProblem("import.kind_unknown")
        reference = self._text(values, mapping.reference)
        balance = self._text(values, mapping.balance)
        return Movement(
            line,
            day,
            at,
            account,
            counter,
            amount,
            code,
            None if reference is None else unmangled(reference, mapping.reference),
            self._metadata(values),
            None if balance is None else self._minor(balance),
            values,
        )

    def _amount(self, values: list[str]) -> int:
        mapping = self._mapping
        if mapping.amount is None:
            amount = self._in_or_out(values, mapping.amount_in, mapping.amount_out)
        else:
            text = self._needed(values, mapping.amount)
            amount = self._minor(text)
            if mapping.direction is not None:
                amount = self._signed(amount, text, goes_in=self._is_in(self._needed(values, mapping.direction)))
        if amount == 0:
            raise LineProblem("import.amount_zero")
        if mapping.is_journal and amount < 0:
            raise LineProblem("import.amount_invalid", value=self._text(values, mapping.amount))
        return amount

    def _in_or_out(self, values: list[str], column_in: str | None, column_out: str | None) -> int:
        text_in, text_out = self._text(values, column_in), self._text(values, column_out)
        came, went = (0 if text is None else self._minor(text) for text in (text_in, text_out))
        if came and went:
            raise LineProblem("import.amount_twice", first=column_in, second=column_out)
        return self._signed(came or went, text_in if came else text_out, goes_in=bool(came))

    def _signed(self, amount: int, text: str | None, *, goes_in: bool) -> int:
        """The amount of a line that says its direction: a minus agrees with out, or turns the direction round."""
        if self._mapping.negative == "reverse":
            return amount if goes_in else -amount
        if goes_in:
            if amount < 0:
                raise LineProblem("import.sign_contradicts", value=text)
            return amount
        if amount:
            is_negative = amount < 0
            if self._out_negative is None:
                self._out_negative = is_negative
            if is_negative is not self._out_negative:
                raise LineProblem("import.sign_mixed", value=text)
        return -abs(amount)

    def _is_in(self, value: str) -> bool:
        if value in self._in:
            return True
        if value in self._out:
            return False
        raise LineProblem("import.direction_unknown", value=value)

    def _day(self, text: str) -> tuple[date, datetime]:
        found = self._days.get(text)
        if found is None:
            if len(self._days) > 10_000:
                self._days.clear()
            found = self._days[text] = self._parsed_day(text)
        return found

    def _parsed_day(self, text: str) -> tuple[date, datetime]:
        for form in self._mapping.date_format:
            try:
                at = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is set below
            except ValueError:
                continue
            at = at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)
            return at.astimezone(SHANGHAI).date(), at
        raise LineProblem("import.date_invalid", value=text, format=" or ".join(self._mapping.date_format))

    def _rule(self, values: list[str], direction: str) -> Rule:
        for conditions, rule in self._rules:
            if rule.direction in (None, direction) and all(values[c].strip() == v for c, v in conditions):
                return rule
        return _NO_RULE

    def _metadata(self, values: list[str]) -> dict[str, str] | None:
        texts = {column: self._text(values, column) for column in self._mapping.metadata}
        return {column: text for column, text in texts.items() if text is not None} or None

    def _text(self, values: list[str], column: str | None) -> str | None:
        return None if column is None else values[self._place[column]].strip() or None

    def _needed(self, values: list[str], column: str | None) -> str:
        text = self._text(values, column)
        if text is None:
            raise LineProblem("import.value_missing", column=column)
        return text

    def _number(self, values: list[str], column: str | None) -> str:
        """A number that names something, as it was; not what a spreadsheet makes of it."""
        return unmangled(self._needed(values, column), column)

    def _minor(self, text: str) -> int:
        return minor_units(text, self._mapping, self._scale, self._mapping.asset)


_NO_RULE = Rule()
