"""Between a person's pages and the commands of the entrance: codes and tokens are made and looked at here.

The code that a message says is found from its challenge by the installation's key, and by nobody else.
"""

import hashlib
import secrets

from canglian.bank.party.commands import AskSignInCode, SeePersonSession, TypeSignInCode
from canglian.bank.party.commands.entrance import Asked, Entered
from canglian.bank.party.entrance import PersonSession
from canglian.bank.party.model import Party, PartyState
from canglian.bank.party.queries import entrance
from canglian.bank.party.sealing import MOBILE, NAME, Sealer
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Busy, NotFound, Rejection, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.settings import Settings
from canglian.kernel.typed import typed_number
from canglian.kernel.values import utc_now
from canglian.web.mobile.lookups import owner_of
from canglian.web.mobile.person import Person
from canglian.web.outside.connections import is_connected
from canglian.web.rates import Buckets
from canglian.web.services import Services

DIGITS = 6
SEEN_SECONDS = 60
"""How often the use of a session is noted."""

ROLE = "person"
"""What a person is to approval policies."""

_CHALLENGE = "entrance.challenge"
_CODE = "entrance.code"


class SignIns:
    """Signs people in. It keeps, in this process, how many codes an address or a device has requested."""

    def __init__(self, settings: Settings) -> None:
        self._asked = Buckets(settings.sign_in_codes_per_minute / 60, settings.sign_in_codes_burst)

    async def ask(
        self, services: Services, book: int, mobile: str, key: str, *, device: str | None, address: str
    ) -> Asked:
        """Have a code sent, counted by the device where somebody has signed in on it before, else by the address.

        Rejects ``party.mobile_form`` and ``sign_in.*``; Busy ``sign_in.often``.
        """
        wait = self._asked.take(device or address)
        if wait:
            raise Busy("sign_in.often", retry_after=wait)
        if not is_connected(services.settings, "sms"):
            raise Unavailable("sign_in.no_messages")
        today = (await book_figures(services.reader, book)).today
        sealed = Sealer(services.keyring, today, f"{ROLE}/{key}").mobile(mobile)
        challenge = services.keyring.blind_index(f"{book}:{sealed.index}:{key}", _CHALLENGE)
        code = code_of(services.keyring, book, challenge)
        command = AskSignInCode(
            mobile=sealed,
            challenge=challenge,
            code=_index(services.keyring, challenge, code),
            known_device=device is not None and device == owner_of(services.keyring, sealed.index),
        )
        outcome = await services.engine.submit(
            book, command, actor="system:sign-in", key=key, scope=f"sign-in:{sealed.index}", role=ROLE
        )
        return outcome.unwrap()

    async def enter(self, services: Services, book: int, challenge: str, code: str, device: str) -> tuple[str, Entered]:
        """Type a code: the token of the session that begins, and what came of it.

        Rejects ``sign_in.code_form``, ``.code_wrong``, ``.locked`` and what else ``TypeSignInCode`` does.
        """
        digits = typed_number(code)
        if len(digits) != DIGITS or not (digits.isdecimal() and digits.isascii()):
            raise Rejection("sign_in.code_form", field="code")
        settings = services.settings
        token = secrets.token_urlsafe(32)
        command = TypeSignInCode(
            challenge=challenge,
            code=_index(services.keyring, challenge, digits),
            session=digest(token),
            device=device[:200],
            minutes=settings.session_hours * 60,
            lock_minutes=settings.lockout_minutes,
        )
        entered = (await services.engine.submit(book, command, actor="system:sign-in", role=ROLE)).unwrap()
        if entered.session is None and entered.left == 0:
            raise Rejection("sign_in.locked", minutes=settings.lockout_minutes)
        if entered.session is None:
            raise Rejection("sign_in.code_wrong", left=entered.left, field="code")
        return f"{book}.{token}", entered


def sign_ins_of(services: Services) -> SignIns:
    """The sign-ins of a server, which remembers for as long as the server lives."""
    found = services.memory.get("sign_ins")
    if found is None:
        found = services.memory["sign_ins"] = SignIns(services.settings)
    return found


async def who(services: Services, token: str) -> Person | None:
    """The person whose session a cookie carries; None where it has ended, was idle for too long, or is nobody's."""
    number, _, text = token.partition(".")
    if not (number.isdecimal() and len(number) < 10 and text):
        return None
    book = int(number)
    session = await entrance.session(services.reader, book, digest(text))
    if session is None:
        return None
    now = utc_now()
    idle = (now - session.seen_at).total_seconds()
    over = session.ended_at is not None or session.expires_at <= now or session.mobile_index is None
    if over or idle > services.settings.session_idle_minutes * 60:
        return None
    party = None
    if session.party is not None:
        party = await entrance.person(services.reader, book, session.party)
        if party is None or party.state is not PartyState.ACTIVE or party.mobile_index != session.mobile_index:
            return None  # another mobile is on record now: this one belongs to somebody else
    person = _person(book, session, party, services.keyring)
    if idle > SEEN_SECONDS:
        await services.engine.execute(book, SeePersonSession(session=session.id), actor=person.actor)
    return person


def _person(book: int, session: PersonSession, party: Party | None, keyring: Keyring) -> Person:
    named = session.party or f"mobile:{session.mobile_index}"
    proved = session.proved if session.proved_until is not None and session.proved_until > utc_now() else None
    return Person(
        book=book,
        session=session.id,
        party=session.party,
        name="" if party is None else party.name_mask,
        mobile=session.mobile_mask,
        mobile_index=session.mobile_index or "",
        level="none" if party is None else party.level.value,
        actor=f"person:{named}",
        scope=f"person:{named}",
        role=ROLE,
        proved=proved,
        full_name="" if party is None or party.name_sealed is None else keyring.open(party.name_sealed, NAME),
    )


def code_of(keyring: Keyring, book: int, challenge: str) -> str:
    """The digits of the code with a challenge, for the message."""
    return keyring.one_time_code(_CODE, f"{book}:{challenge}", DIGITS)


async def message(services: Services, book: int, challenge: str) -> tuple[str, str]:
    """To which mobile a code goes, and its digits: for the one function that sends it. Neither is ever kept."""
    asked = await entrance.asked(services.reader, book, challenge)
    if asked is None or asked.mobile_sealed is None:
        raise NotFound("sign_in.not_found", sign_in=challenge)
    return services.keyring.open(asked.mobile_sealed, MOBILE), code_of(services.keyring, book, challenge)


def digest(token: str) -> str:
    """What is kept of a token, which is long and random, so that no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _index(keyring: Keyring, challenge: str, code: str) -> str:
    return keyring.blind_index(f"{challenge}:{code}", "sign_in.typed")
