"""The rules that a book begins with, and which version is in force.

The first version has the figures of the regulations as they are known: the limits of Class II and III accounts and of
the tiers of e-CNY wallets. A bank adds its own versions.
"""

from datetime import date, datetime
from typing import Any, Final

from canglian.bank.limit.measures import Counterparty, Direction, Measure
from canglian.bank.limit.model import RULES, LimitRule, LimitRules
from canglian.bank.party import Level
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

BEGINNING = date(2000, 1, 1)
"""From when the first version of the rules applies."""

SYSTEM = "system:limit"

_BOUND, _BANK = Counterparty.BOUND, Counterparty.BANK
_CLASS2 = [_BOUND, Counterparty.WEALTH, Counterparty.LOAN, _BANK]
_CLASS3 = [_BOUND, _BANK]
_OUT, _IN = Direction.OUT, Direction.IN


def rules_in_force(book: Book) -> LimitRules:
    """The version of the rules that applies on the business date.

    A book that has none yet begins with ``first_rules``, written into it so that they can be seen and dated.
    """
    return VERSIONS.on(book, RULES, book.today) or _first(book)


def _first(book: Book) -> LimitRules:
    return first_rules(book.next_number(LimitRules), book.today, book.now)


VERSIONS: Final = Versioned(LimitRules, "rules", lambda book, rules: [_first(book)])


def first_rules(version: int, today: date, at: datetime) -> LimitRules:
    """What a book begins with."""
    content = [*_accounts(), *_wallets()]
    return LimitRules(version, RULES, BEGINNING, content, "", today, at, SYSTEM)


def _account(code: str, name: str, product: str, measure: Measure, yuan: int, **more: Any) -> LimitRule:
    return LimitRule(code, name, [product], measure, yuan * 100, "CNY", **more)


def _accounts() -> list[LimitRule]:
    """Personal settlement accounts. What is exempt goes to or comes from the bound account, the bank's own wealth
    products, its lending, or the bank itself (interest and fees)."""
    two, three = "deposit.class2", "deposit.class3"
    out2: dict[str, Any] = {"direction": _OUT, "exempt": _CLASS2, "counter": "account.out"}
    in2: dict[str, Any] = {"direction": _IN, "exempt": _CLASS2}
    far, near = [Level.NONE, Level.REMOTE], [Level.FACE_TO_FACE]
    added2: dict[str, Any] = {**in2, "levels": near, "counter": "account.in"}
    out3: dict[str, Any] = {"direction": _OUT, "exempt": _CLASS3, "counter": "account.out"}
    in3: dict[str, Any] = {"direction": _IN, "exempt": _CLASS3, "counter": "account.in"}
    capped: dict[str, Any] = {"direction": _IN, "exempt": [_BANK]}
    day, year = Measure.DAY_SUM, Measure.YEAR_SUM
    unverified = "Class II: from unbound accounts only after verification face to face"
    return [
        _account("class2-out-day", "Class II: spent and sent to unbound accounts, a day", two, day, 10_000, **out2),
        _account(
            "class2-out-year",
            "Class II: spent and sent to unbound accounts, a year",
            two,
            year,
            200_000,
            **out2,
        ),
        _account("class2-in-unverified", unverified, two, Measure.SINGLE, 0, levels=far, **in2),
        _account("class2-in-day", "Class II: from unbound accounts, a day", two, day, 10_000, **added2),
        _account("class2-in-year", "Class II: from unbound accounts, a year", two, year, 200_000, **added2),
        _account("class3-balance", "Class III: balance", three, Measure.BALANCE, 2_000, **capped),
        _account("class3-out-day", "Class III: spent and sent to unbound accounts, a day", three, day, 2_000, **out3),
        _account(
            "class3-out-year",
            "Class III: spent and sent to unbound accounts, a year",
            three,
            year,
            50_000,
            **out3,
        ),
        _account("class3-in-day", "Class III: from unbound accounts, a day", three, day, 2_000, **in3),
        _account("class3-in-year", "Class III: from unbound accounts, a year", three, year, 50_000, **in3),
    ]


_TIERS: tuple[tuple[int, str, Measure, int], ...] = (
    (2, "e-CNY tier 2: balance", Measure.BALANCE, 500_000),
    (2, "e-CNY tier 2: one payment", Measure.SINGLE, 50_000),
    (2, "e-CNY tier 2: payments of a day", Measure.DAY_SUM, 100_000),
    (3, "e-CNY tier 3: balance", Measure.BALANCE, 20_000),
    (3, "e-CNY tier 3: one payment", Measure.SINGLE, 5_000),
    (3, "e-CNY tier 3: payments of a day", Measure.DAY_SUM, 10_000),
    (4, "e-CNY tier 4: balance", Measure.BALANCE, 10_000),
    (4, "e-CNY tier 4: one payment", Measure.SINGLE, 2_000),
    (4, "e-CNY tier 4: payments of a day", Measure.DAY_SUM, 5_000),
    (4, "e-CNY tier 4: payments of a year", Measure.YEAR_SUM, 50_000),
)


def _wallets() -> list[LimitRule]:
    """e-CNY wallets by tier; tier 1 and wallets of companies have no limits. Money that goes back to the bound account
    is no payment."""
    rules: list[LimitRule] = []
    for tier, name, measure, yuan in _TIERS:
        caps = measure is Measure.BALANCE
        rules.append(
            LimitRule(
                f"ecny{tier}-{measure.value.partition('_')[0]}",
                name,
                [f"wallet.ecny{tier}"],
                measure,
                yuan * 100,
                "ECNY",
                direction=_IN if caps else _OUT,
                exempt=[_BANK] if caps else [_BOUND, _BANK],
                counter="ecny.out" if measure.adds_up else None,
            )
        )
    return rules
