"""What the search finds of the ledger: accounts by number, name, owner and reference; transfers by number and
reference."""

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import AccountFilter, accounts
from canglian.ledger.queries.transfers import TransferFilter, some, transfers
from canglian.web.additions import SHOWN_MAX, Excerpt, Rows
from canglian.web.columns import Column


async def _accounts(reader: Reader, book: int, text: str) -> Rows:
    page = await accounts(reader, book, AccountFilter(search=text), Order(limit=SHOWN_MAX))
    return Rows(page.items, await chart.scales(reader, book))


async def _transfers(reader: Reader, book: int, text: str) -> Rows:
    found = list((await transfers(reader, book, TransferFilter(reference=text), Order(limit=SHOWN_MAX))).items)
    number = text.removeprefix("#")
    if number.isdecimal() and len(number) < 19 and int(number) > 0:
        found += [transfer for transfer in await some(reader, book, {int(number)}) if transfer not in found]
    return Rows(found, await chart.scales(reader, book))


FINDS = (
    Excerpt(
        "Accounts",
        (
            Column("id", "Account", phone=True),
            Column("name", "Name", phone=True),
            Column("reference", "Reference", "code"),
            Column("state", "State", "state"),
            Column("balance", "Balance", "money", phone=True),
        ),
        _accounts,
        "/console/accounts/{id}",
    ),
    Excerpt(
        "Transfers",
        (
            Column("id", "Transfer", phone=True),
            Column("code", "Code", "word", phone=True, family="code"),
            Column("reference", "Reference", "code"),
            Column("date", "Business date", "day"),
            Column("amount", "Amount", "money", phone=True),
        ),
        _transfers,
        "/console/transfers/{id}",
    ),
)
