"""Bound accounts and external services: element checks of the identity service, codes by SMS, orders to the rail.

Events carry only the ids of orders and bound accounts; the adapter opens the sealed data. An order is sent once: the
rail knows it by its id. Its outcome comes in three ways, of which the first counts: a callback of the rail, a query, or
the file of the day.
"""

import contextlib
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands import (
    AnswerElements,
    AnswerRailOrder,
    MarkRailSent,
    ReconcileRailLine,
    SendBindingCode,
)
from canglian.bank.deposit.model import BindingState, BoundAccount, RailKind, RailOrder, RailState
from canglian.bank.deposit.model.outside import BOUND_NUMBER
from canglian.bank.deposit.queries import outstanding
from canglian.bank.deposit.running import run_rail_file
from canglian.bank.party import codes, sealing
from canglian.bank.party.model import Field
from canglian.bank.party.outside import ACCOUNT_CLASS, IDENTITY, SMS, ElementsAnswer, MessageAnswer
from canglian.bank.party.queries import lists, parties
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Malformed, Rejection, Unavailable
from canglian.kernel.fields import Reason, identifier
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.records import Event
from canglian.kernel.values import Amount, OwnReference, utc_now
from canglian.web.outside.adapter import Adapter, Errand, Outside, key_of, submit_answer
from canglian.web.services import Services

RAIL = "rail"
ASK_SECONDS = 15.0
FILE_SECONDS = 60.0
PATIENCE = timedelta(seconds=10)
"""After how long the outcome of an accepted order is queried."""

FILE_DAYS = 3
"""How many days back files are fetched, so that none is missed while the server was down."""


class OrderReport(msgspec.Struct, frozen=True):
    """The rail's report of an order."""

    order: Annotated[str, identifier("rail")]
    state: Literal["accepted", "succeeded", "failed"]
    reference: OwnReference
    reason: Reason | None = None


class FileLine(msgspec.Struct, frozen=True):
    """A line of the rail's file."""

    order: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+\Z")]
    kind: RailKind
    amount: Amount
    succeeded: bool
    reference: OwnReference


class File(msgspec.Struct, frozen=True):
    """The rail's file of a day."""

    lines: list[FileLine]


async def check(outside: Outside, book: int, event: Event) -> None:
    """Request an element check for an account to be bound."""
    services = outside.services
    bound = await outstanding.stored(services.reader, book, BoundAccount, str(event.payload["bound_account"]))
    if bound.state is not BindingState.CHECKING or bound.number_sealed is None:
        return
    person = await parties.party(services.reader, book, bound.party)
    person_data = sealing.opened(services.keyring, person, [], [Field.NAME, Field.NUMBER, Field.MOBILE])
    body = {
        **person_data,
        "account": services.keyring.open(bound.number_sealed, BOUND_NUMBER),
        "account_class": ACCOUNT_CLASS,
    }
    try:
        answer = await outside.client.call(IDENTITY, "POST", "/checks/elements", body, key=key_of(book, event))
        found: ElementsAnswer = answer.read(ElementsAnswer, IDENTITY)
    except Rejection as refused:  # refused, so the account is not bound
        found = ElementsAnswer(f"HTTP {refused.fields['status']}", 1, matched=False)
    command = AnswerElements(
        bound_account=bound.id, elements=found.checked, matched=found.matched, reference=found.reference
    )
    await outside.submit_answer(IDENTITY, book, command, key_of(book, event, "elements"))


async def send_code(outside: Outside, book: int, event: Event) -> None:
    """Send the code that an event requests. A retry sends the same code under the same key."""
    services = outside.services
    bound = await outstanding.stored(services.reader, book, BoundAccount, str(event.payload["bound_account"]))
    if bound.state not in (BindingState.CHECKED, BindingState.CONFIRMING):
        return
    person = await parties.party(services.reader, book, bound.party)
    person_data = sealing.opened(services.keyring, person, [], [Field.MOBILE])
    if not person_data:
        return
    today = (await book_figures(services.reader, book)).today
    minutes = (await lists.policy_on(services.reader, book, today)).code_minutes
    code = codes.made_for(services.keyring, book, event.number)
    body = {**person_data, "template": "binding_code", "values": {"code": code, "minutes": str(minutes)}}
    # A number that cannot be reached gets no message however often it is tried; the binding lapses.
    with contextlib.suppress(Rejection):
        answer = await outside.client.call(SMS, "POST", "/messages", body, key=key_of(book, event))
        found: MessageAnswer = answer.read(MessageAnswer, SMS)
        index = codes.index_of(services.keyring, book, bound.id, code)
        command = SendBindingCode(bound_account=bound.id, reference=found.reference, code=index)
        await outside.submit_answer(SMS, book, command, key_of(book, event, "code"))


async def order(outside: Outside, book: int, event: Event) -> None:
    """Send an order to the rail."""
    services = outside.services
    found = await outstanding.stored(services.reader, book, RailOrder, str(event.payload["rail_order"]))
    if found.state is not RailState.REQUESTED:
        return
    bound = await outstanding.stored(services.reader, book, BoundAccount, found.bound_account)
    person = await parties.party(services.reader, book, bound.party)
    person_data = sealing.opened(services.keyring, person, [], [Field.NAME])
    if bound.number_sealed is None or "name" not in person_data:
        await _answered(services, book, found.id, succeeded=False, reference=None, reason="个人信息已删除")
        return
    body = {
        "order": found.id,
        "kind": found.kind.value,
        "account": services.keyring.open(bound.number_sealed, BOUND_NUMBER),
        "name": person_data["name"],
        "amount": found.amount,
        "date": found.requested_on,
        "callback": _callback(services, book),
    }
    try:
        answer = await outside.client.call(RAIL, "POST", "/orders", body, key=found.id)
    except Rejection as refused:
        reason = f"HTTP {refused.fields['status']}"
        await _answered(services, book, found.id, succeeded=False, reference=None, reason=reason)
        return
    await take(services, book, msgspec.to_builtins(answer.read(OrderReport, RAIL)))


async def take(services: Services, book: int, content: Any) -> None:
    """Handle the rail's report of an order. Raises Malformed, and Unavailable or Busy: then the rail sends it again."""
    try:
        report = msgspec.convert(content, OrderReport)
    except msgspec.ValidationError as problem:
        raise Malformed("request.malformed", problem=str(problem)) from None
    if report.state == "accepted":
        command = MarkRailSent(order=report.order, reference=report.reference)
        await submit_answer(services, RAIL, book, command, f"rail:{report.order}:sent")
        return
    succeeded = report.state == "succeeded"
    await _answered(services, book, report.order, succeeded=succeeded, reference=report.reference, reason=report.reason)


async def ask(outside: Outside, book: int) -> None:
    """Query the outcomes of orders that the rail accepted some time ago."""
    services = outside.services
    for identity in await outstanding.unanswered(services.reader, book, utc_now() - PATIENCE):
        try:
            answer = await outside.client.call(RAIL, "GET", f"/orders/{identity}")
            report: OrderReport = answer.read(OrderReport, RAIL)
            if report.order == identity and report.state != "accepted":
                await take(services, book, msgspec.to_builtins(report))
        except (Busy, Unavailable, Rejection):
            continue


async def reconcile(outside: Outside, book: int) -> None:
    """Fetch the files of the last days, and reconcile each that is new. Idempotent."""
    services = outside.services
    today = (await book_figures(services.reader, book)).today
    for back in range(FILE_DAYS, 0, -1):
        day = today - timedelta(days=back)
        answer = await outside.client.call(RAIL, "GET", f"/files/{day.isoformat()}")
        file: File = answer.read(File, RAIL)
        place, digest = ("rail-file", book, day), hash(msgspec.json.encode(file))
        if outside.memory.get(place) == digest:
            continue
        lines = [
            ReconcileRailLine(
                date=day,
                order=line.order,
                order_kind=line.kind,
                amount=line.amount,
                succeeded=line.succeeded,
                reference=line.reference,
            )
            for line in file.lines
        ]
        await run_rail_file(services.engine, services.reader, book, day, lines)
        outside.memory[place] = digest


async def _answered(
    services: Services, book: int, identity: str, *, succeeded: bool, reference: str | None, reason: str | None
) -> None:
    command: Command[RailOrder] = AnswerRailOrder(
        order=identity, succeeded=succeeded, reference=reference, reason=reason
    )
    await submit_answer(services, RAIL, book, command, f"rail:{identity}:{'succeeded' if succeeded else 'failed'}")


def _callback(services: Services, book: int) -> str | None:
    url = services.settings.rail_callback_url
    return None if not url else f"{url.rstrip('/')}/{book}"


ADAPTERS = (
    Adapter("deposit.identity", IDENTITY, ("binding.requested",), check),
    Adapter("deposit.sms", SMS, ("binding.code_asked",), send_code),
    Adapter(
        "deposit.rail",
        RAIL,
        ("rail.requested",),
        order,
        take=take,
        errands=(Errand("rail-answers", ASK_SECONDS, ask), Errand("rail-files", FILE_SECONDS, reconcile)),
    ),
)
