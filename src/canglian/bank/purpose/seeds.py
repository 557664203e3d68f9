"""The templates that a book begins with, each with the cases that show what it allows and refuses."""

from datetime import date, datetime
from typing import Any, Final

from canglian.bank.purpose.model import PurposeTemplate, TemplateKind
from canglian.bank.purpose.rules import Case, OnExpiry, Payee, Payees, ReleaseRule, Rules, Use
from canglian.kernel.versions import Versioned

BEGINNING = date(2000, 1, 1)
SYSTEM = "system:purpose"

_DAY = date(2026, 7, 1)
_GROCERY = Payee(id="grocery", category="5411", region="330106")
_BAR = Payee(id="bar", category="5813", region="330106")
_GYM = Payee(id="gym", category="7997", region="330106")
_SEEDS = Payee(id="seeds", category="0763", region="330106")
_BROKER = Payee(id="broker", category="6211", region="330106")


def _use(payee: Payee, amount: int = 1_000, remaining: int = 10_000, **more: Any) -> Use:
    return Use(payee=payee, amount=amount, on=_DAY, remaining=remaining, **more)


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
        Rules(refund_days=7),
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
    (
        "loan",
        TemplateKind.LOAN,
        "定向用途贷款",
        Rules(
            allowed=Payees(categories=("0763", "5211", "5251", "5261")),
            blocked=Payees(categories=("6051", "6211", "7995")),
            release=ReleaseRule.BY_SIGNATURES,
            signatures=2,
        ),
        (
            Case(name="Seed is paid once two have signed", use=_use(_SEEDS, signatures=2)),
            Case(name="One signature is not enough", use=_use(_SEEDS, signatures=1), expected="purpose.not_released"),
            Case(name="Securities are refused", use=_use(_BROKER, signatures=2), expected="purpose.payee_blocked"),
            Case(name="A gym is refused", use=_use(_GYM, signatures=2), expected="purpose.category_not_allowed"),
        ),
    ),
    (
        "split",
        TemplateKind.SPLIT,
        "收益分账",
        Rules(release=ReleaseRule.ON_EVENT, payout=True),
        (
            Case(name="Before the event nothing is paid", use=_use(_GYM), expected="purpose.not_released"),
            Case(name="After the event it is paid", use=_use(_GYM, signatures=1)),
        ),
    ),
    (
        "deposit_return",
        TemplateKind.DEPOSIT_RETURN,
        "押金退还",
        Rules(named=True, release=ReleaseRule.BY_SIGNATURES, signatures=2, uses_max=1),
        (
            Case(name="Both have signed for the damage", use=_use(_GYM, signatures=2)),
            Case(name="The merchant alone gets nothing", use=_use(_GYM, signatures=1), expected="purpose.not_released"),
            Case(name="It is claimed once", use=_use(_GYM, signatures=2, uses=1), expected="purpose.uses_exhausted"),
        ),
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
