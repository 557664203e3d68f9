"""Signing from outside of a decision: the code that a message says, what is kept of it, and how old somebody is.

The code is found from the application and its number by the installation's key, and by nobody else.
"""

from datetime import date

from canglian.bank.credit.applications import queries
from canglian.bank.credit.applications.commands import AskSigningCode
from canglian.bank.party.model import PartyKind
from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import NUMBER
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Rejection, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.typed import typed_number
from canglian.web.outside.connections import is_connected
from canglian.web.services import Services

ABOUT = "credit.signing_code"
DIGITS = 6


def code_of(keyring: Keyring, book: int, application: str, number: int) -> str:
    """The digits of a code, by which one of its application it is."""
    return keyring.one_time_code(ABOUT, f"{book}:{application}:{number}", DIGITS)


def index_of(keyring: Keyring, book: int, application: str, typed: str) -> str:
    """The keyed hash of a code that was typed. Rejects ``credit_application.code_form``."""
    digits = typed_number(typed)
    if len(digits) != DIGITS or not (digits.isdecimal() and digits.isascii()):
        raise Rejection("credit_application.code_form", field="code")
    return keyring.blind_index(f"{book}:{application}:{digits}", ABOUT)


async def next_number(services: Services, book: int, application: str) -> int:
    """Which one of its application the next code is. Unavailable ``sign_in.no_messages`` where none can be sent."""
    if not is_connected(services.settings, "sms"):
        raise Unavailable("sign_in.no_messages")
    return await queries.codes_asked(services.reader, book, application) + 1


async def code_request(services: Services, book: int, application: str) -> AskSigningCode:
    """The command that asks for the next code of an application."""
    number = await next_number(services, book, application)
    code = code_of(services.keyring, book, application, number)
    return AskSigningCode(
        application=application, code=index_of(services.keyring, book, application, code), number=number
    )


async def age_of(services: Services, book: int, party: str) -> int | None:
    """How old somebody is on the business date, by the identity number; None for an organisation, or without one."""
    found = await parties.party(services.reader, book, party)
    if found.kind is not PartyKind.PERSON or found.number_sealed is None or found.claimed_until is not None:
        return None
    today = (await book_figures(services.reader, book)).today
    return _age_on(services.keyring.open(found.number_sealed, NUMBER), today)


def _age_on(number: str, today: date) -> int:
    born = int(number[6:10]), int(number[10:12]), int(number[12:14])
    return today.year - born[0] - ((today.month, today.day) < born[1:])
