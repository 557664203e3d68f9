"""What decisions about deposit accounts share: the versions in force, and accounts that may be decided about."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from canglian.bank.deposit.model import (
    AccountFreeze,
    AccountState,
    DepositAccount,
    DepositPolicy,
    DepositProduct,
    FreezeKind,
    ProductClass,
    UnboundIn,
)
from canglian.bank.deposit.numbers import PREFIX
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RULES = "deposit"
BEGINNING = date(2000, 1, 1)
"""From when the first versions apply."""

SYSTEM = "system:deposit"

COUNTER = "counter"
JOB = "job"
"""The channel of the bank itself: interest, fees, what an order of an authority moves."""


def first_products(at: datetime) -> list[DepositProduct]:
    """The products that a book begins with, from the regulations as they are known; a bank adds its own versions."""

    def product(
        kind: ProductClass,
        name: str,
        *,
        head: str = "2011",
        rate_ppm: int = 500,
        remote: bool = False,
        most: int | None = None,
        dormancy_months: int = 6,
        unbound_in: UnboundIn = UnboundIn.ALWAYS,
        bound_max: int = 3,
    ) -> DepositProduct:
        return DepositProduct(
            code=f"deposit.{kind.value}",
            version=1,
            product_class=kind,
            name=name,
            asset="CNY",
            head=head,
            rate_ppm=rate_ppm,
            day_count=360,
            remote_opening=remote,
            per_party_max=most,
            dormancy_months=dormancy_months,
            unbound_in=unbound_in,
            bound_max=bound_max,
            active=True,
            effective_from=BEGINNING,
            note="",
            created_at=at,
            created_by=SYSTEM,
        )

    return [
        product(ProductClass.CLASS1, "个人Ⅰ类账户", most=1),
        product(ProductClass.CLASS2, "个人Ⅱ类账户", most=5, remote=True, unbound_in=UnboundIn.FACE_TO_FACE),
        product(ProductClass.CLASS3, "个人Ⅲ类账户", most=5, remote=True, unbound_in=UnboundIn.BOUND_INFLOW),
        product(ProductClass.CORPORATE, "单位活期存款账户", dormancy_months=0),
        product(ProductClass.INTERNAL, "内部账户", head="2241", rate_ppm=0, dormancy_months=0, bound_max=0),
    ]


def first_policy(at: datetime) -> DepositPolicy:
    """The figures that a book begins with."""
    return DepositPolicy(
        effective_from=BEGINNING,
        rules=RULES,
        number_prefix=PREFIX,
        settlement_day=20,
        settlement_months=[3, 6, 9, 12],
        confirmation_max=99,
        confirmation_tries=3,
        confirmation_hours=72,
        note="",
        added_at=at,
        added_by=SYSTEM,
    )


PRODUCTS: Final = Versioned(
    DepositProduct, "code", lambda book, code: [product for product in first_products(book.now) if product.code == code]
)
POLICIES: Final = Versioned(DepositPolicy, "rules", lambda book, rules: [first_policy(book.now)])


def product_in_force(book: Book, code: str) -> DepositProduct:
    """The version of a product in force on the business date. Rejects ``deposit_product.not_found``."""
    return PRODUCTS.get(book, code)


def policy_on(book: Book, day: date) -> DepositPolicy:
    """The figures in force on a day; a book begins with ``first_policy``."""
    return POLICIES.on(book, RULES, day) or first_policy(book.now)


def policy_in_force(book: Book) -> DepositPolicy:
    """The figures in force on the business date."""
    return policy_on(book, book.today)


def is_settlement_day(book: Book, day: date) -> bool:
    """Whether interest is settled on a day, by the figures in force on it."""
    policy = policy_on(book, day)
    return day.day == policy.settlement_day and day.month in policy.settlement_months


def settlement_before(book: Book, day: date) -> date:
    """The last day before ``day`` on which interest is settled."""
    candidate = day - timedelta(days=1)
    while not is_settlement_day(book, candidate):
        candidate -= timedelta(days=1)
    return candidate


def require_active_account(book: Book, identity: str) -> DepositAccount:
    """An account that is not closed. Rejects ``deposit_account.not_found`` and ``.closed``."""
    account = book.get(DepositAccount, identity)
    if account.state is AccountState.CLOSED:
        book.reject("deposit_account.closed", deposit_account=identity)
    return account


def freezes_in_force(book: Book, account: str) -> list[AccountFreeze]:
    """What freezes an account now."""
    return [freeze for freeze in book.find(AccountFreeze, "account", account) if freeze.lifted_at is None]


def summed_up(account: DepositAccount, freezes: Iterable[AccountFreeze]) -> DepositAccount:
    """An account with what its freezes come to."""
    kinds = {freeze.kind for freeze in freezes}
    whole = FreezeKind.WHOLE in kinds
    return account.replace(
        stops_in=whole or FreezeKind.IN in kinds,
        stops_out=whole or FreezeKind.OUT in kinds,
        counter_only=FreezeKind.COUNTER_ONLY in kinds,
    )


def months_after(day: date, months: int) -> date:
    """So many months later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
