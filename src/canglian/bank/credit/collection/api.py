"""``/v1/debit-agreements`` and ``/v1/debit-attempts``."""

from typing import Annotated

import msgspec

from canglian.bank.credit.collection import queries
from canglian.bank.credit.collection.commands.debiting import Then
from canglian.bank.credit.collection.commands.values import Floor
from canglian.bank.credit.collection.model import CollectionPolicy, DebitAgreement, DebitAttempt
from canglian.bank.credit.collection.queries import DebitAgreementFilter, DebitAttemptFilter
from canglian.bank.credit.loans.commands.values import Payer
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.kernel.fields import doc
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

AgreementPath = Annotated[str, id_path("dag", "The id of an agreement about debits.")]


class DebitAgreementRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Out of which wallets what falls due is taken, and what is left in each."""

    wallet: Payer
    floor: Floor
    second: Then = None
    third: Then = None
    pin: GivenPin = None


class DebitEndRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The PIN of the first wallet, unless somebody of the bank asks."""

    pin: GivenPin = None


class CollectionPolicies(msgspec.Struct, frozen=True):
    """All versions of the figures of collection."""

    data: Annotated[list[CollectionPolicy], doc("The versions, the newest first.")]


AGREEMENTS = (
    list_route(
        DebitAgreement,
        queries.agreements,
        DebitAgreementFilter,
        "listDebitAgreements",
        "debit-agreements",
        "List agreements about debits of loans, newest first.",
    ),
    get_route(
        "debit_agreement",
        AgreementPath,
        DebitAgreement,
        queries.agreement,
        "getDebitAgreement",
        "An agreement about debits of a loan.",
    ),
)
ATTEMPTS = (
    list_route(
        DebitAttempt,
        queries.attempts,
        DebitAttemptFilter,
        "listDebitAttempts",
        "debit-attempts",
        "List what was tried to be taken of loans, newest first.",
    ),
)
