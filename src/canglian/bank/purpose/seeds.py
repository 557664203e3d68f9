"""The templates that a book begins with, each with the cases that show what it allows and refuses."""

from datetime import date, datetime
from typing import Final

from canglian.bank.purpose.model import PurposeTemplate, TemplateKind
from canglian.bank.purpose.rules import Case, OnExpiry, Payee, Payees, Rules, Use
from canglian.kernel.versions import Versioned

BEGINNING = date(2000, 1, 1)
SYSTEM = "system:purpose"

_DAY = date(2026, 7, 1)
_GROCERY = Payee(id="grocery", category="5411", region="330106")
_BAR = Payee(id="bar", category="5813", region="330106")
_GYM = Payee(id="gym", category="7997", region="330106")


def _use(payee: Payee, amount: int = 1_000, remaining: int = 10_000) -> Use:
    return Use(payee=payee, amount=amount, on=_DAY, remaining=remaining)


def _more(name: str, payee: Payee) -> Case:
    return Case(name=name, use=_use(payee, 2_000, 1_000), expected="purpose.insufficient")


SEEDED: tuple[tuple[str, TemplateKind, str, Rules, tuple[Case, ...]], ...] = (
    (
        "welfare",
        TemplateKind.WELFARE,
        "定向福利",
        Rules(
            allowed=Payees(categories=("5411", "5812", "5912", "8062")),
            blocked=Payees(goods=("alcohol", "tobacco")),
            amount_max=50_000,
        ),
        (
            Case(name="A grocery is paid", use=_use(_GROCERY)),
            Case(name="A bar is refused", use=_use(_BAR), expected="purpose.category_not_allowed"),
            Case(
                name="Above one use",
                use=_use(_GROCERY, 50_001, 100_000),
                expected="purpose.amount_above_use",
            ),
        ),
    ),
    (
        "prepaid",
        TemplateKind.PREPAID,
        "预付资金管理",
        Rules(),
        (Case(name="A use is paid", use=_use(_GYM)), _more("Above what is left", _GYM)),
    ),
    (
        "subsidy",
        TemplateKind.SUBSIDY,
        "消费补贴",
        Rules(blocked=Payees(categories=("5813", "7995"))),
        (
            Case(name="A grocery is paid", use=_use(_GROCERY)),
            Case(name="A bar is refused", use=_use(_BAR), expected="purpose.payee_blocked"),
        ),
    ),
    (
        "payroll",
        TemplateKind.PAYROLL,
        "工资专户",
        Rules(on_expiry=OnExpiry.RELEASE),
        (Case(name="Anything is paid", use=_use(_BAR)), _more("Above what is left", _BAR)),
    ),
)


def first_templates(at: datetime) -> list[PurposeTemplate]:
    """The first version of each."""
    return [
        PurposeTemplate(code, 1, kind, name, rules, cases, BEGINNING, "—", at, SYSTEM)
        for code, kind, name, rules, cases in SEEDED
    ]


TEMPLATES: Final = Versioned(
    PurposeTemplate, "code", lambda book, code: [found for found in first_templates(book.now) if found.code == code]
)
