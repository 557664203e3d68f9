"""What can be done in collection: who may, and what is asked."""

from typing import Any

from canglian.bank.credit.collection import api, availability, queries
from canglian.bank.credit.collection.commands import AddCollectionPolicy, AgreeDebit, EndDebit
from canglian.bank.credit.collection.model import CollectionPolicy, DebitAgreement
from canglian.bank.credit.loans.actions import channel, pin
from canglian.bank.credit.loans.api import LoanPath
from canglian.bank.wallet.service import WalletService
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions


async def _agreed_pin(context: RequestContext, body: Any) -> int | None:
    """The version of the PIN of the first wallet of an agreement."""
    found = await queries.agreement(context.services.reader, context.principal.book, context.target["debit_agreement"])
    return await WalletService.of(context).maybe_pin(found.wallets[0], body.pin)


AGREE = Action(
    command=AgreeDebit,
    name="agree-debit",
    help="Record that the borrower agrees: what falls due is taken out of wallets of theirs, from tomorrow on.",
    permission=Permission.POST,
    target=("loan",),
    resolve={"channel": channel, "pin": pin},
    route=Route(
        operation_id="agreeDebit",
        path="/{loan:str}/debit-agreements",
        response=DebitAgreement,
        status=201,
        body=api.DebitAgreementRequest,
    ),
    form=Form(
        title="Agree to automatic debits",
        submit="Record the agreement",
        note="Counts from the next business date on, and ends the agreement before it. The borrower is present.",
        inputs=(
            Input(name="wallet", kind="select"),
            Input(name="second", kind="select"),
            Input(name="third", kind="select"),
            Input(name="floor", initial="0"),
        ),
        omit=("pin",),
        applies=availability.is_living,
    ),
    cli=False,
)
END = Action(
    command=EndDebit,
    name="end-debit",
    help="End an agreement about debits: nothing is taken by it any more.",
    permission=Permission.POST,
    target=("debit_agreement",),
    resolve={"channel": channel, "pin": _agreed_pin},
    route=Route(
        operation_id="endDebitAgreement",
        path="/{debit_agreement:str}/end",
        response=DebitAgreement,
        body=api.DebitEndRequest,
    ),
    form=Form(
        title="End automatic debits",
        submit="End the agreement",
        omit=("pin",),
        confirm="End the agreement? Nothing is taken by it any more.",
        applies=availability.is_living,
        unavailable=availability.ending,
    ),
    cli=False,
)

POLICIES = Versions(
    path="/collection-policies",
    tag="collection",
    title="Collection parameters",
    purpose="What debits leave in a wallet, when reminders are sent, and how far promises lie ahead.",
    read=queries.policies,
    listing=VersionList(
        operation_id="listCollectionPolicies",
        response=api.CollectionPolicies,
        help="All versions of the figures of collection.",
    ),
    add=Action(
        command=AddCollectionPolicy,
        name="add",
        help="Add a version of the figures of collection.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="addCollectionPolicy", response=CollectionPolicy, status=201),
    ),
)
OF_LOAN = Resource(
    name="loan-collection", path="/loans", tag="collection", actions=(AGREE,), parameters={"loan": LoanPath}
)
AGREEMENTS = Resource(
    name="debit-agreement",
    path="/debit-agreements",
    tag="collection",
    plural="agreements about debits",
    actions=(END,),
    parameters={"debit_agreement": api.AgreementPath},
    handlers=api.AGREEMENTS,
    listing=Listing(
        read=queries.agreements,
        filter=queries.DebitAgreementFilter,
        columns=("id", "loan", "party", "floor", "agreed_on", "ended_on"),
        money=("floor",),
    ),
    show=queries.agreement,
)
ATTEMPTS = Resource(
    name="debit-attempt",
    path="/debit-attempts",
    tag="collection",
    plural="attempts of debits",
    handlers=api.ATTEMPTS,
    listing=Listing(
        read=queries.attempts,
        filter=queries.DebitAttemptFilter,
        columns=("loan", "on", "due", "taken", "reason"),
        money=("due", "taken"),
    ),
)
RESOURCES = (OF_LOAN, AGREEMENTS, ATTEMPTS)
"""``/v1/debit-agreements``, ``/v1/debit-attempts``, and what is agreed below ``/v1/loans``."""
