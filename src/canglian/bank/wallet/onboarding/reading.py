"""A line of the file as a command carries it: checked, and sealed before anything else hears of it."""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

import msgspec

from canglian.bank.deposit.commands.opening import Row as DepositRow
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party import PartyKind
from canglian.bank.party.sealing import Sealer
from canglian.bank.wallet.commands.onboarding import Evidence, Person
from canglian.bank.wallet.commands.opening import Row as WalletRow
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import check
from canglian.ledger.importing.reading import Line, LineProblem

PERSONAL = ("name", "number", "mobile", "account")
"""The columns of which nothing is ever kept in plain."""

OPTIONAL = ("valid_until",)
COLUMNS = (*PERSONAL, *(name for name in Evidence.__struct_fields__ if name not in OPTIONAL))
"""The columns that the file must have; it may have ``valid_until`` and others, which are not read, beside them."""


DAYS = ("valid_from", "valid_until")
NO_END = ("长期", "长期有效")
"""What stands on an identity card that does not expire."""

_DAYS = (
    re.compile(r"([0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})(?: 0?0:00(?::00)?)?"),
    re.compile(r"([0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日"),
    re.compile(r"([0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
)
"""A day as spreadsheets and identity cards write it: ``2020/1/31``, ``2020.01.31``, ``2020年1月31日``, ``20200131``."""


class Rows(NamedTuple):
    """The numbers that were allotted to some chunks, and the place of the first line in them."""

    deposit: DepositRow
    wallet: WalletRow


class People(NamedTuple):
    """The people of some lines, and what is wrong with the lines that are none."""

    people: list[Person]
    problems: list[tuple[int, LineProblem]]


class Reader:
    """Turns lines into people. ``request`` names the file: what is sealed for it is sealed alike the next time."""

    def __init__(self, keyring: Keyring, header: list[str], today: date, request: str) -> None:
        self._keyring = keyring
        self._today = today
        self._request = request
        self._place = {name: header.index(name) for name in (*COLUMNS, *OPTIONAL) if name in header}

    def people(self, lines: list[Line], place: int, rows: Rows) -> People:
        """The people of some lines, the first of them with the numbers at ``place``."""
        found = People([], [])
        for at, line in enumerate(lines, place):
            try:
                found.people.append(self.person(line, at, rows))
            except LineProblem as problem:
                found.problems.append((line.number, problem))
        return found

    def person(self, line: Line, place: int, rows: Rows) -> Person:
        """The person of a line, with the numbers at a place of the rows.

        Raises LineProblem for what cannot be read, and with the code of the check that a number or name fails.
        """
        if line.problem is not None:
            raise line.problem
        values = {name: line.values[at].strip() for name, at in self._place.items()}
        evidence = _evidence({name: value for name, value in values.items() if name not in PERSONAL and value})
        request = f"{self._request}:{line.number}"
        sealer = Sealer(self._keyring, self._today, request)
        try:
            return Person(
                line.number,
                sealer.name(values["name"], PartyKind.PERSON),
                sealer.number(values["number"], PartyKind.PERSON),
                sealer.mobile(values["mobile"]),
                sealer.document(values["number"]),
                sealer.account(values["account"]),
                evidence,
                ACCOUNT_NUMBERS.allotted(self._keyring, rows.deposit.prefix, rows.deposit.first + place, request),
                WALLET_NUMBERS.allotted(self._keyring, rows.wallet.prefix, rows.wallet.first + place, request),
            )
        except Rejection as refused:
            raise LineProblem(refused.code, **refused.fields) from None


def _evidence(values: dict[str, str]) -> Evidence:
    """The columns that are not personal. What msgspec says of a value names its column and never the value."""
    plain = {name: _day(value) if name in DAYS else value for name, value in values.items()}
    if "".join(plain.get("valid_until", "").split()) in NO_END:
        del plain["valid_until"]
    try:
        evidence = msgspec.convert(plain, Evidence, strict=False)
        check(evidence)
    except Rejection as refused:
        raise LineProblem(refused.code, **refused.fields) from None
    except msgspec.ValidationError as problem:
        what, _, place = str(problem).partition(" - at `$.")
        field = place.rstrip("`") or "evidence"
        raise LineProblem("onboarding.field_form", field=field, problem=what) from None
    return evidence


def _day(text: str) -> str:
    """A day as ``2020-01-31``; what is none stays what it is."""
    plain = unicodedata.normalize("NFKC", text)
    found = next((found for form in _DAYS if (found := form.fullmatch(plain))), None)
    return text if found is None else f"{found[1]}-{found['month']:0>2}-{found['day']:0>2}"
