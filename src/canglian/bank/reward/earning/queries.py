"""Progress and invitations as they are shown."""

from typing import Annotated

import msgspec

from canglian.bank.reward.earning.model import Invitation, Invitee, TaskProgress
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text


class InvitationFilter(msgspec.Struct, frozen=True):
    """Which invitations; None means any."""

    offer: Annotated[str | None, doc("Only of this offer.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None


_INVITATIONS = listing(Invitation, by_text("id"))


async def progress_of(reader: Reader, book: int, party: str) -> list[TaskProgress]:
    """The tasks of somebody, the newest month first."""
    found = await some(reader, book, TaskProgress, "party", party)
    return sorted(found, key=lambda progress: progress.month, reverse=True)


async def invitation(reader: Reader, book: int, identity: str) -> Invitation:
    """An invitation; NotFound ``invitation.not_found``."""
    return await one(reader, book, Invitation, identity)


async def invitations(reader: Reader, book: int, asked: InvitationFilter, order: Order) -> Page[Invitation]:
    """A page of invitations, newest first."""
    where = Where("book = $1")
    where.add("offer = ?", asked.offer)
    where.add("party = ?", asked.party)
    return await _INVITATIONS.page(reader, book, where, order)


async def invitee_of(reader: Reader, book: int, party: str) -> list[Invitee]:
    """The invitations that somebody has accepted."""
    return await some(reader, book, Invitee, "party", party)
