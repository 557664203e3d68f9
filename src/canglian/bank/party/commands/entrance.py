"""Signing in by mobile and code, sessions of persons, and the moment when a mobile becomes a party.

What comes here is a sealed mobile, keyed hashes and digests; a code and a token are made and compared outside.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party.commands.parties import PartyId, RegisterParty, named
from canglian.bank.party.entrance import PersonSession, SignIn
from canglian.bank.party.model import Party, PartyKind
from canglian.bank.party.rules import active_person, living, policy_in_force, signed_in_by
from canglian.bank.party.sealing import Index, SealedText
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.crypto import same_secret

SessionId = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="The SHA-256 of a session's token.")]
Minutes = Annotated[int, Meta(ge=1, le=60 * 24 * 90)]
Device = Annotated[str, Meta(max_length=200, description="What the browser says that it is.")]
Proof = Annotated[str, Meta(max_length=80, description="What was proved: the wallet and the version of its PIN.")]

GONE = "****"
SENDS_HOURS = 24
"""Within so many hours the codes are counted that go to a mobile, if nobody signs in by one of them."""


class Asked(msgspec.Struct, frozen=True):
    """A code is on its way. ``challenge`` names it, and ``mobile`` is masked."""

    challenge: str
    mobile: str


class Entered(msgspec.Struct, frozen=True):
    """What came of a typed code: a session and whose mobile began it, or so many tries that are left."""

    session: str | None
    party: str | None
    left: int
    mobile_index: str | None = None


class AskSignInCode(Command[Asked], kind="party.ask_sign_in_code"):
    """Have a code sent to a mobile, whether or not anybody is known by it.

    Whatever was asked and typed on other devices counts for nothing on one that is known: one on which the mobile has
    signed in before.

    Rejects ``sign_in.locked``, ``sign_in.code_soon`` and ``sign_in.codes_spent``.
    """

    mobile: SealedText
    challenge: Index
    code: Index
    known_device: bool = False

    def decide(self, book: Book) -> Asked:
        policy = policy_in_force(book)
        sign_ins = book.find(SignIn, "mobile", self.mobile.index)
        before = next((sign_in for sign_in in sign_ins if sign_in.known_device is self.known_device), None)
        sends, since, tries = 0, book.now, 0
        if before is not None:
            refuse_locked(book, before)
            wait = int((before.asked_at + timedelta(seconds=policy.code_pause_seconds) - book.now).total_seconds())
            if wait > 0 and before.code_index is not None:
                book.reject("sign_in.code_soon", seconds=wait, field="mobile")
            if before.sends_since + timedelta(hours=SENDS_HOURS) > book.now:
                sends, since = before.sends, before.sends_since
            tries = 0 if before.locked_until is not None else before.tries
        if sends >= policy.code_day_sends:
            book.reject("sign_in.codes_spent", most=policy.code_day_sends, hours=SENDS_HOURS, field="mobile")
        asked = SignIn(
            book.new_id("sgn") if before is None else before.id,
            self.mobile.index,
            self.mobile.sealed,
            self.mobile.mask,
            self.challenge,
            self.code,
            book.now + timedelta(minutes=policy.code_minutes),
            book.now,
            sends + 1,
            since,
            tries,
            None,
            self.known_device,
        )
        book.emit("sign_in.code_asked", f"sign_in:{self.challenge}", challenge=self.challenge)
        if before is None:
            book.add(asked)
        else:
            book.put(asked)
        return Asked(self.challenge, self.mobile.mask)


class TypeSignInCode(Command[Entered], kind="party.type_sign_in_code"):
    """Somebody typed a code. The right one begins a session; too many wrong ones lock the mobile for a while.

    A session is that of the active person whom this mobile signs in; of nobody yet where there is none. Rejects
    ``sign_in.locked``, ``sign_in.code_over`` and ``sign_in.code_expired``.
    """

    challenge: Index
    code: Index
    session: SessionId
    device: Device
    minutes: Minutes
    lock_minutes: Minutes

    def decide(self, book: Book) -> Entered:
        found = book.find(SignIn, "challenge", self.challenge)
        if not found:
            book.reject("sign_in.code_over")
        sign_in = found[0]
        refuse_locked(book, sign_in)
        if sign_in.code_index is None:
            book.reject("sign_in.code_over")
        if sign_in.code_until <= book.now:
            book.reject("sign_in.code_expired")
        if not same_secret(self.code, sign_in.code_index):
            return self._failed(book, sign_in)
        party = _known_by(book, sign_in.mobile_index)
        book.put(sign_in.replace(code_index=None, tries=0, sends=0))
        begun = PersonSession(
            self.session,
            None if party is None else party.id,
            sign_in.mobile_sealed,
            sign_in.mobile_mask,
            sign_in.mobile_index,
            self.device,
            book.now,
            book.now,
            book.now + timedelta(minutes=self.minutes),
            None,
            None,
            None,
            None,
        )
        book.add(begun)
        if party is not None:
            book.emit("person.signed_in", f"party:{party.id}", party=party.id)
        return Entered(begun.id, begun.party, policy_in_force(book).code_tries, begun.mobile_index)

    def _failed(self, book: Book, sign_in: SignIn) -> Entered:
        tries = sign_in.tries + 1
        most = policy_in_force(book).code_tries
        if tries < most:
            book.put(sign_in.replace(tries=tries))
            return Entered(None, None, most - tries)
        until = book.now + timedelta(minutes=self.lock_minutes)
        book.put(sign_in.replace(tries=tries, code_index=None, locked_until=until))
        book.emit("sign_in.locked", f"sign_in:{sign_in.challenge}", challenge=sign_in.challenge)
        return Entered(None, None, 0)


class IntroducePerson(Command[Party], kind="party.introduce_person"):
    """Somebody whom only a mobile is known of names themselves. Nothing of it is proven, so nothing is refused or told.

    The number is claimed for some hours and keeps nobody else from having it: whoever proves it first has it. A claim
    that has lapsed may be made anew. Rejects ``sign_in.known_already`` and ``person_session.ended``.
    """

    session: SessionId
    name: SealedText
    number: SealedText

    def decide(self, book: Book) -> Party:
        session = active_session(book, self.session)
        until = book.now + timedelta(hours=policy_in_force(book).opening_hours)
        known = _known_by(book, session.mobile_index) if session.party is None else book.get(Party, session.party)
        if known is not None:
            if known.claimed_until is None or known.claimed_until > book.now:
                book.reject("sign_in.known_already")
            _emit_claimed(book, known)
            return book.put(known.replace(**named(self.name, self.number), claimed_until=until, updated_at=book.now))
        mobile = mobile_of(session)
        if mobile is None:
            book.reject("person_session.ended")
        asked = RegisterParty(party_kind=PartyKind.PERSON, name=self.name, number=self.number, mobile=mobile)
        party = asked.registered(book, claimed_until=until)
        _emit_claimed(book, party)
        book.put(session.replace(party=party.id))
        return party


class LetClaimLapse(Command[Party], kind="party.let_claim_lapse"):
    """The number that somebody claimed and did not prove in time is forgotten.

    Rejects ``party.claim_not_due`` before that.
    """

    party: PartyId

    def decide(self, book: Book) -> Party:
        party = book.get(Party, self.party)
        if party.claimed_until is None or party.claimed_until > book.now:
            book.reject("party.claim_not_due", party=party.id)
        book.emit("party.claim_lapsed", f"party:{party.id}", party=party.id)
        return book.put(party.replace(number_sealed=None, number_mask=None, number_index=None, updated_at=book.now))


class ChooseSignIn(Command[Party], kind="party.choose_sign_in"):
    """Families and shops share mobiles: the person whom this one's mobile signs in from now on.

    Sessions that others began with it end. Rejects ``party.mobile_missing`` and ``sign_in.chosen_already``.
    """

    party: PartyId

    def decide(self, book: Book) -> Party:
        party = active_person(book, self.party)
        if party.mobile_index is None:
            book.reject("party.mobile_missing", party=party.id)
        if _known_by(book, party.mobile_index) == party:
            book.reject("sign_in.chosen_already", party=party.id)
        for session in book.find(PersonSession, "mobile", party.mobile_index):
            if session.party != party.id and session.ended_at is None:
                book.put(session.replace(ended_at=book.now, ended_by=book.actor))
        book.emit("party.sign_in_chosen", f"party:{party.id}", party=party.id)
        return book.put(party.replace(signs_in_since=book.now, updated_at=book.now))


class SeePersonSession(Command[None], kind="party.see_session"):
    """Note that a session is in use."""

    session: SessionId

    def decide(self, book: Book) -> None:
        session = book.get(PersonSession, self.session)
        if session.ended_at is None:
            book.put(session.replace(seen_at=book.now))


class NoteProof(Command[None], kind="party.note_proof"):
    """Note in a session what a PIN has proved just now, for a few minutes."""

    session: SessionId
    proof: Proof
    minutes: Annotated[int, Meta(ge=1, le=30)]

    def decide(self, book: Book) -> None:
        session = active_session(book, self.session)
        book.put(session.replace(proved=self.proof, proved_until=book.now + timedelta(minutes=self.minutes)))


class EndPersonSession(Command[None], kind="party.end_session"):
    """Sign out; does nothing to a session that has ended."""

    session: SessionId

    def decide(self, book: Book) -> None:
        session = book.get(PersonSession, self.session)
        if session.ended_at is None:
            book.put(session.replace(ended_at=book.now, ended_by=book.actor))


class EndPersonSessions(Command[int], kind="party.end_sessions"):
    """End all sessions of a person but one; how many ended. It is what an operator does about a lost phone, too."""

    party: PartyId
    keep: SessionId | None = None

    def decide(self, book: Book) -> int:
        going = [
            session
            for session in book.find(PersonSession, "party", self.party)
            if session.ended_at is None and session.id != self.keep
        ]
        for session in going:
            book.put(session.replace(ended_at=book.now, ended_by=book.actor))
        return len(going)


def active_session(book: Book, identity: str) -> PersonSession:
    """A session that goes on. Rejects ``person_session.ended``."""
    session = book.get(PersonSession, identity)
    if session.ended_at is not None or session.expires_at <= book.now:
        book.reject("person_session.ended")
    return session


def mobile_of(session: PersonSession) -> SealedText | None:
    """The mobile that a session was begun with, as a command carries it; None where it was erased."""
    if session.mobile_sealed is None or session.mobile_index is None:
        return None
    return SealedText(session.mobile_sealed, session.mobile_mask, session.mobile_index)


def forget(book: Book, party: Party) -> None:
    """End the sessions of a party that is erased, and erase the mobile in them and in sign-ins."""
    for session in book.find(PersonSession, "party", party.id):
        ended = session.ended_at or book.now
        book.put(session.replace(mobile_sealed=None, mobile_mask=GONE, mobile_index=None, ended_at=ended))
    for sign_in in book.find(SignIn, "mobile", party.mobile_index) if party.mobile_index is not None else ():
        book.put(sign_in.replace(mobile_sealed=None, mobile_mask=GONE, mobile_index=None, code_index=None))


def refuse_locked(book: Book, sign_in: SignIn) -> None:
    """``sign_in.locked`` after too many wrong codes."""
    if sign_in.locked_until is not None and sign_in.locked_until > book.now:
        minutes = -(-int((sign_in.locked_until - book.now).total_seconds()) // 60)
        book.reject("sign_in.locked", minutes=max(1, minutes))


def _emit_claimed(book: Book, party: Party) -> None:
    """Whoever has the number is told by the mobile on record, where there is somebody: no decision looks for that."""
    book.emit("party.number_claimed", f"party:{party.id}", party=party.id)


def _known_by(book: Book, mobile_index: str | None) -> Party | None:
    """The active person whom a mobile signs in."""
    return signed_in_by(living(book, "mobile", mobile_index))
