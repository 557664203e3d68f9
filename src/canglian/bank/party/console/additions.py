"""What the search finds of parties and openings, by their ids alone; and the openings that wait for a review."""

from canglian.bank.party.console import openings as opening_pages
from canglian.bank.party.console import people
from canglian.bank.party.model import OpeningState
from canglian.bank.party.queries import openings, parties
from canglian.bank.party.queries.openings import OpeningFilter
from canglian.kernel.queries.paging import Order
from canglian.web.additions import WAITING_MAX, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

FINDS = (
    found_by_id(
        "pty",
        "Customers",
        (
            Column("id", "Id", "code", phone=True),
            Column("name", "Name", phone=True),
            Column("number", "Document number", "code"),
            Column("level", "Verified", "state", phone=True),
            Column("state", "State", "state", phone=True),
        ),
        parties.masked,
        people.PATH + "/{id}",
    ),
    found_by_id(
        "opn",
        "Remote onboarding (eKYC)",
        (
            Column("id", "Id", "code", phone=True),
            Column("state", "State", "state", phone=True),
            Column("started_at", "Started", "when", phone=True),
        ),
        openings.opening,
        opening_pages.PATH + "/{id}",
    ),
)


async def _in_review(services: Services, principal: Principal) -> int:
    asked, order = OpeningFilter(state=OpeningState.REVIEW), Order(limit=WAITING_MAX)
    return len((await openings.openings(services.reader, principal.book, asked, order)).items)


WAITING = (Waiting("Remote onboarding (eKYC)", f"{opening_pages.PATH}?state=review", _in_review, Permission.APPROVE),)
