"""Sessions of persons, and who they are."""

from datetime import datetime

import msgspec

from canglian.bank.party.entrance import PersonSession, SignIn
from canglian.bank.party.model import Party
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import some


class SessionView(msgspec.Struct, frozen=True):
    """A session as its person sees it. ``id`` is a digest of a token, and no secret."""

    id: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


async def session(reader: Reader, book: int, identity: str) -> PersonSession | None:
    """A session."""
    found = await some(reader, book, PersonSession, "id", identity)
    return found[0] if found else None


async def person(reader: Reader, book: int, identity: str) -> Party | None:
    """The person of a session."""
    found = await some(reader, book, Party, "id", identity)
    return found[0] if found else None


async def sessions_of(reader: Reader, book: int, party: str, now: datetime) -> list[SessionView]:
    """The sessions of a person that go on, the one that was seen last first."""
    found = await some(reader, book, PersonSession, "party", party)
    going = [session for session in found if session.ended_at is None and session.expires_at > now]
    going.sort(key=_seen_at, reverse=True)
    return [
        SessionView(session.id, session.device, session.created_at, session.seen_at, session.expires_at)
        for session in going
    ]


async def asked(reader: Reader, book: int, challenge: str) -> SignIn | None:
    """What is kept of a code that was asked for."""
    found = await some(reader, book, SignIn, "challenge", challenge)
    return found[0] if found else None


def _seen_at(session: PersonSession) -> datetime:
    return session.seen_at
