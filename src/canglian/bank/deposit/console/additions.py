"""What the search finds of deposit accounts, by their numbers, and of payment orders; what a party has; what waits."""

from datetime import date

from canglian.bank.deposit import RailOrder
from canglian.bank.deposit.console.accounts import PATH
from canglian.bank.deposit.console.picks import by_number
from canglian.bank.deposit.console.rail import DIFFERENCES, ORDERS
from canglian.bank.deposit.queries import accounts, outside
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.deposit.queries.outside import BoundFilter, DifferenceFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Belonging, DayFigure, Holding, Sum, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_ACCOUNT = (
    Column("number", "Account number", "code", phone=True),
    Column("product", "Product", "word", family="code"),
    Column("state", "State", "state", phone=True),
    Column("balance", "Balance", "money", phone=True),
    Column("opened_on", "Opened", "day"),
)
_ORDER = (
    Column("requested_at", "When", "when", phone=True),
    Column("state", "State", "state", phone=True),
    Column("amount", "Amount", "money", phone=True),
    Column("id", "Id", "code"),
)


async def _held(reader: Reader, book: int, party: str) -> list[Holding]:
    """The accounts of a customer, and those at other banks that are bound to them."""
    order = Order("-id", None, SHOWN_MAX)
    own = await accounts.accounts(reader, book, DepositFilter(party=party), order)
    bound = await outside.bound_accounts(reader, book, BoundFilter(party=party), order)
    return [
        *(
            Holding(
                "Deposit account",
                account.number,
                f"code.{account.product}",
                account.state,
                f"{PATH}/{account.id}",
                account.opened_on,
                account.balance,
                account.held,
                account.asset,
                account.ledger_account,
            )
            for account in own.items
        ),
        *(
            Holding("Bound account", f"{card.bank} {card.number}", "", card.state, f"{PATH}/{card.account}")
            for card in bound.items
        ),
    ]


async def belongs(reader: Reader, book: int, identity: str) -> list[Belonging]:
    """The deposit account that an account of the ledger is of, and its holder."""
    account = await accounts.account(reader, book, identity)
    own = Belonging("Deposit account", account.number, f"{PATH}/{identity}")
    if account.party is None:
        return [own]
    return [own, Belonging("Holder", account.holder or "—", f"/console/people/{account.party}")]


async def _open_differences(services: Services, principal: Principal) -> int:
    asked, order = DifferenceFilter(resolved=False), Order(limit=WAITING_MAX)
    return len((await outside.differences(services.reader, principal.book, asked, order)).items)


async def _opened(reader: Reader, book: int, first: date, last: date) -> dict[date, Sum]:
    return {day: Sum(count) for day, count in (await accounts.opened(reader, book, first, last)).items()}


async def _numbered(services: Services, book: int, text: str) -> list[DepositView]:
    found = await by_number(services, book, text)
    return [] if found is None else [found]


FIGURES = (
    DayFigure(
        "Accounts opened",
        "Deposit accounts by the business date on which they were opened, also those closed since.",
        PATH + "?since={first}&until={last}",
        _opened,
    ),
)
FINDS = (
    found_by_id("dep", "Deposit accounts", _ACCOUNT, accounts.account, PATH + "/{id}").also(_numbered),
    found_by_id("rail", "Payment orders", _ORDER, outside.rail_order, ORDERS + "/{id}", receipts_of=RailOrder),
)
HOLDINGS = (_held,)
WAITING = (Waiting("Reconciliation breaks", f"{DIFFERENCES}?resolved=no", _open_differences, Permission.APPROVE),)
