"""What the search finds of customers, by name, number or mobile, and of openings; openings that wait for a review."""

from canglian.bank.party.console import openings as opening_pages
from canglian.bank.party.console import people
from canglian.bank.party.console.picks import found_by_text
from canglian.bank.party.model import OpeningState
from canglian.bank.party.queries import openings, parties
from canglian.bank.party.queries.openings import OpeningFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.additions import WAITING_MAX, Belonging, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services


async def belongs(reader: Reader, book: int, identity: str) -> list[Belonging]:
    """The customer who owns an account of the ledger."""
    return [Belonging("Owner", (await parties.masked(reader, book, identity)).name, f"{people.PATH}/{identity}")]


FINDS = (
    found_by_id(
        "pty",
        "Customers",
        (
            Column("name", "Name", phone=True),
            Column("number", "Document number", "code"),
            Column("level", "Verified", "state", phone=True),
            Column("state", "State", "state", phone=True),
            Column("id", "Id", "code"),
        ),
        parties.masked,
        people.PATH + "/{id}",
    ).also(found_by_text),
    found_by_id(
        "opn",
        "Remote onboarding (eKYC)",
        (
            Column("started_at", "Started", "when", phone=True),
            Column("state", "State", "state", phone=True),
            Column("id", "Id", "code"),
        ),
        openings.opening,
        opening_pages.PATH + "/{id}",
    ),
)


async def _in_review(services: Services, principal: Principal) -> int:
    asked, order = OpeningFilter(state=OpeningState.REVIEW), Order(limit=WAITING_MAX)
    return len((await openings.openings(services.reader, principal.book, asked, order)).items)


WAITING = (Waiting("Remote onboarding (eKYC)", f"{opening_pages.PATH}?state=review", _in_review, Permission.APPROVE),)
