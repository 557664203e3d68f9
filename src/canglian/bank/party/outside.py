"""Remote openings and external services: liveness and element checks of the identity service, codes by SMS.

Events carry only the id of an opening. The adapter reads the opening and the person, opens the sealed data, calls the
service and submits its answer. An event requests one check, at the step of its opening: if the opening has moved on,
the event is ignored.
"""

import contextlib
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party import auth, codes, sealing
from canglian.bank.party.commands import CheckLiveness, MatchElements, NoteRefusal, SendCode
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.openings import Score
from canglian.bank.party.model import Field, OpeningState, Party, RemoteOpening
from canglian.bank.party.queries import lists, openings, parties
from canglian.bank.party.sealing import SealedText
from canglian.kernel.errors import NotFound, Rejection
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.records import Event
from canglian.kernel.values import OwnReference
from canglian.web.outside.adapter import Adapter, Outside, key_of

IDENTITY = "identity"
SMS = "sms"
ACCOUNT_CLASS = 1
"""The account at the other bank has to be of Class I."""

CLAIMED = (
    "有人在我行手机页面用您的身份证号码申请核验身份。如是您本人更换了手机号，请按页面提示继续；"
    "如不是您本人，您的账户不受影响，有疑问请到网点咨询。"
)
"""What somebody is told whose number is claimed from another mobile."""


class FaceAnswer(msgspec.Struct, frozen=True):
    """The identity service's answer to a liveness check."""

    reference: OwnReference
    score_bps: Score
    digest: Digest


class ElementsAnswer(msgspec.Struct, frozen=True):
    """Its answer to an element check: how many elements it compared, and whether all match."""

    reference: OwnReference
    checked: Annotated[int, Meta(ge=1, le=5)]
    matched: bool


class MessageAnswer(msgspec.Struct, frozen=True):
    """The SMS service's answer to a message that it accepted."""

    reference: OwnReference


async def check(outside: Outside, book: int, event: Event) -> None:
    """Request the check of an event from the identity service."""
    opening = await openings.stored(outside.services.reader, book, str(event.payload["opening"]))
    if opening.steps != event.payload["steps"]:
        return  # it has moved on
    wanted = _wanted(event)
    try:
        if wanted is OpeningState.LIVENESS and opening.state is OpeningState.DOCUMENT:
            await _face(outside, book, event, opening)
        elif wanted is OpeningState.ELEMENTS and opening.state is OpeningState.LIVENESS:
            await _elements(outside, book, event, opening)
    except Rejection as refused:
        await _refused(outside, IDENTITY, book, event, refused)


async def _refused(outside: Outside, service: str, book: int, event: Event, refused: Rejection) -> None:
    """Record that the service refused the request; a retry would be refused as well."""
    step = _wanted(event)
    assert step is not None
    opening, status = str(event.payload["opening"]), refused.fields["status"]
    await outside.submit_answer(
        service, book, NoteRefusal(opening=opening, step=step, status=status), key_of(book, event, "refused")
    )


def _wanted(event: Event) -> OpeningState | None:
    """The check that an event requests."""
    if event.kind == "opening.check_asked":
        return OpeningState(event.payload["step"])
    return {
        ("opening.step_taken", "document"): OpeningState.LIVENESS,
        ("opening.step_taken", "liveness"): OpeningState.ELEMENTS,
        ("opening.account_given", "liveness"): OpeningState.ELEMENTS,
        ("opening.step_taken", "elements"): OpeningState.SMS,
    }.get((event.kind, str(event.payload["state"])))


async def _face(outside: Outside, book: int, event: Event, opening: RemoteOpening) -> None:
    person = await parties.party(outside.services.reader, book, opening.party)
    person_data = _opened(outside, person, Field.NAME, Field.NUMBER)
    if person_data is None:
        return
    body = {**person_data, "session": opening.id}
    answer = await outside.client.call(IDENTITY, "POST", "/checks/liveness", body, key=key_of(book, event))
    found: FaceAnswer = answer.read(FaceAnswer, IDENTITY)
    command = CheckLiveness(
        opening=opening.id, score_bps=found.score_bps, reference=found.reference, digest=found.digest
    )
    await outside.submit_answer(IDENTITY, book, command, key_of(book, event, "liveness"))


async def _elements(outside: Outside, book: int, event: Event, opening: RemoteOpening) -> None:
    sealed, mask, index = opening.account_sealed, opening.account_mask, opening.account_index
    if sealed is None or mask is None or index is None:
        return  # requested once the person has named the account
    person = await parties.party(outside.services.reader, book, opening.party)
    person_data = _opened(outside, person, Field.NAME, Field.NUMBER, Field.MOBILE)
    if person_data is None:
        return
    account = outside.services.keyring.open(sealed, sealing.ACCOUNT)
    body = {**person_data, "account": account, "account_class": ACCOUNT_CLASS}
    answer = await outside.client.call(IDENTITY, "POST", "/checks/elements", body, key=key_of(book, event))
    found: ElementsAnswer = answer.read(ElementsAnswer, IDENTITY)
    command = MatchElements(
        opening=opening.id,
        elements=found.checked,
        matched=found.matched,
        account=SealedText(sealed, mask, index),
        reference=found.reference,
    )
    await outside.submit_answer(IDENTITY, book, command, key_of(book, event, "elements"))


async def send(outside: Outside, book: int, event: Event) -> None:
    """Send the code that an event requests. A retry sends the same code under the same key."""
    if _wanted(event) is not OpeningState.SMS:
        return
    services = outside.services
    opening = await openings.stored(services.reader, book, str(event.payload["opening"]))
    if opening.state not in (OpeningState.ELEMENTS, OpeningState.SMS):
        return
    person = await parties.party(services.reader, book, opening.party)
    person_data = _opened(outside, person, Field.MOBILE)
    if person_data is None:
        return
    today = (await book_figures(services.reader, book)).today
    minutes = (await lists.policy_on(services.reader, book, today)).code_minutes
    code = codes.made_for(services.keyring, book, event.number)
    body = {**person_data, "template": "opening_code", "values": {"code": code, "minutes": str(minutes)}}
    try:
        answer = await outside.client.call(SMS, "POST", "/messages", body, key=key_of(book, event))
    except Rejection as refused:
        await _refused(outside, SMS, book, event, refused)
        return
    found: MessageAnswer = answer.read(MessageAnswer, SMS)
    index = codes.index_of(services.keyring, book, opening.id, code)
    command = SendCode(opening=opening.id, reference=found.reference, code=index)
    await outside.submit_answer(SMS, book, command, key_of(book, event, "code"))


def _opened(outside: Outside, person: Party, *fields: Field) -> dict[str, str] | None:
    """Some of a person's data in plain; None where any of it was erased."""
    texts = sealing.opened(outside.services.keyring, person, [], list(fields))
    return {name: str(text) for name, text in texts.items()} if len(texts) == len(fields) else None


async def send_sign_in(outside: Outside, book: int, event: Event) -> None:
    """Send the code of a sign-in. Sent again, it is the same code under the same key."""
    try:
        mobile, code = await auth.message(outside.services, book, str(event.payload["challenge"]))
    except NotFound:
        return  # another code has been asked for since, or the data is gone
    today = (await book_figures(outside.services.reader, book)).today
    minutes = (await lists.policy_on(outside.services.reader, book, today)).code_minutes
    body = {"mobile": mobile, "template": "sign_in_code", "values": {"code": code, "minutes": str(minutes)}}
    # A number that cannot be reached gets no message however often it is tried; the person requests another.
    with contextlib.suppress(Rejection):
        await outside.client.call(SMS, "POST", "/messages", body, key=key_of(book, event))


async def notify_holder(outside: Outside, book: int, event: Event) -> None:
    """Tell whoever has a number that somebody else claims it, by the mobile on record.

    It is one message a day, however often the number is claimed: on one day all have the same key.
    """
    services, claimant = outside.services, str(event.payload["party"])
    holder = await parties.holder(services.reader, book, claimant)
    if holder is None or holder.mobile_sealed is None:
        return
    today = (await book_figures(services.reader, book)).today
    mobile = services.keyring.open(holder.mobile_sealed, sealing.MOBILE)
    body = {"mobile": mobile, "template": "notice", "values": {"text": CLAIMED}}
    with contextlib.suppress(Rejection):
        await outside.client.call(SMS, "POST", "/messages", body, key=f"claimed:{book}:{holder.id}:{today}")


ADAPTERS = (
    Adapter("party.claims", SMS, ("party.number_claimed",), notify_holder),
    Adapter("party.identity", IDENTITY, ("opening.step_taken", "opening.account_given", "opening.check_asked"), check),
    Adapter("party.sign_in", SMS, ("sign_in.code_asked",), send_sign_in),
    Adapter("party.sms", SMS, ("opening.step_taken", "opening.check_asked"), send),
)
