"""Signing codes on their way to the customer's mobile. A retry sends the same code under the same key."""

import contextlib

from canglian.bank.credit.applications import queries
from canglian.bank.credit.applications.model import ApplicationState
from canglian.bank.credit.applications.signing import code_of
from canglian.bank.party import sealing
from canglian.bank.party.model import Field
from canglian.bank.party.outside import SMS
from canglian.bank.party.queries import lists, parties
from canglian.kernel.errors import Rejection
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.records import Event
from canglian.web.outside.adapter import Adapter, Outside, key_of


async def send_code(outside: Outside, book: int, event: Event) -> None:
    """Send the code that an event requests, unless it was signed since."""
    services = outside.services
    application = await queries.application(services.reader, book, str(event.payload["credit_application"]))
    if application.state is not ApplicationState.OFFERED:
        return
    person = await parties.party(services.reader, book, application.party)
    person_data = sealing.opened(services.keyring, person, [], [Field.MOBILE])
    if not person_data:
        return
    today = (await book_figures(services.reader, book)).today
    minutes = (await lists.policy_on(services.reader, book, today)).code_minutes
    code = code_of(services.keyring, book, application.id, int(event.payload["number"] or 0))
    body = {**person_data, "template": "signing_code", "values": {"code": code, "minutes": str(minutes)}}
    # A number that cannot be reached gets no message however often it is tried; the person asks for another one.
    with contextlib.suppress(Rejection):
        await outside.client.call(SMS, "POST", "/messages", body, key=key_of(book, event))


ADAPTERS = (Adapter("credit.signing", SMS, ("credit.code_asked",), send_code),)
