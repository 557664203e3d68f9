"""``/v1/credit-applications``."""

from typing import Annotated

from canglian.bank.credit.applications import queries
from canglian.bank.credit.applications.commands import TextHash
from canglian.bank.credit.applications.model import CreditApplication
from canglian.bank.credit.applications.queries import CreditApplicationFilter
from canglian.bank.party.requests import TypedCode
from canglian.kernel.fields import doc
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

ApplicationPath = Annotated[str, id_path("apl", "The application's id.")]


class SignatureRequest(TypedCode, frozen=True):
    """The code of the message, and the hash of the contract as it was read."""

    text_hash: Annotated[TextHash, doc("The SHA-256 of the contract as it was read.")]


APPLICATIONS = (
    list_route(
        CreditApplication,
        queries.applications,
        CreditApplicationFilter,
        "listCreditApplications",
        "credit-applications",
        "List applications for credit, newest first.",
    ),
    get_route(
        "credit_application",
        ApplicationPath,
        CreditApplication,
        queries.application,
        "getCreditApplication",
        "An application: what the rules were given and said, the offer and its contract.",
    ),
)
