"""What the search finds of contracts and grants by their ids; what a customer has of purpose money."""

from typing import Any

from canglian.bank.purpose import queries
from canglian.bank.purpose.console.lists import CONTRACTS
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader
from canglian.ledger.queries import chart
from canglian.web.additions import SHOWN_MAX, Excerpt, Rows, found_by_id
from canglian.web.columns import Column

_CONTRACT = (
    Column("name", "Name", phone=True),
    Column("state", "State", "state", phone=True),
    Column("valid_until", "Last day", "day", phone=True),
)
_GRANT = (
    Column("id", "Id", "code", phone=True),
    Column("state", "State", "state", phone=True),
    Column("issued_at", "Issued", "when"),
)
_OF_PARTY = (
    Column("name", "Contract", phone=True),
    Column("amount", "Granted amount", "money"),
    Column("remaining", "Remaining", "money", phone=True),
    Column("state", "State", "state", phone=True),
    Column("valid_until", "Last day", "day", phone=True),
)


async def _of_party(reader: Reader, book: int, party: str) -> Rows:
    held = await wallets.of_party(reader, book, party)
    grants = await queries.of_holders(reader, book, [wallet.id for wallet in held])
    contracts = await queries.contracts_of(reader, book, [grant.contract for grant in grants[:SHOWN_MAX]])
    rows: list[dict[str, Any]] = [
        {
            "contract": grant.contract,
            "name": contracts[grant.contract].name,
            "amount": grant.amount,
            "remaining": grant.remaining,
            "state": grant.state,
            "valid_until": contracts[grant.contract].valid_until,
            "asset": contracts[grant.contract].asset,
        }
        for grant in grants[:SHOWN_MAX]
    ]
    return Rows(rows, await chart.scales(reader, book), more=len(grants) > SHOWN_MAX)


FINDS = (
    found_by_id("pur", "Purpose contracts", _CONTRACT, queries.contract, CONTRACTS + "/{id}"),
    found_by_id("grt", "Grants", _GRANT, queries.grant, CONTRACTS + "/{contract}"),
)
SECTIONS = {"party": (Excerpt("Purpose money", _OF_PARTY, _of_party, CONTRACTS + "/{contract}"),)}
