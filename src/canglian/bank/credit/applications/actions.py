"""What can be done to applications: who may, and what is asked."""

from typing import Any

from canglian.bank.credit.applications import api, availability, queries, signing
from canglian.bank.credit.applications.commands import (
    ApproveApplication,
    AskSigningCode,
    RefuseApplication,
    SignApplication,
    Signed,
    SubmitApplication,
)
from canglian.bank.credit.applications.model import CreditApplication
from canglian.kernel.errors import Rejection
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


async def _channel(context: RequestContext, _: Any) -> str:
    return context.channel


async def _age(context: RequestContext, body: Any) -> int | None:
    return await signing.age_of(context.services, context.principal.book, body.party)


async def _number(context: RequestContext, _: Any) -> int:
    application = context.target["application"]
    await queries.application(context.services.reader, context.principal.book, application)
    return await signing.next_number(context.services, context.principal.book, application)


async def _asked_code(context: RequestContext, body: Any) -> str:
    services, book, application = context.services, context.principal.book, context.target["application"]
    code = signing.code_of(services.keyring, book, application, await _number(context, body))
    return signing.index_of(services.keyring, book, application, code)


async def _typed_code(context: RequestContext, body: api.SignatureRequest) -> str:
    application = context.target["application"]
    return signing.index_of(context.services.keyring, context.principal.book, application, body.code)


def signed(result: Signed) -> CreditApplication:
    """The application that was signed. Rejects ``credit_application.code_wrong``, which was counted."""
    if not result.signed:
        raise Rejection("credit_application.code_wrong", left=result.left, field="code")
    return result.application


def _at(operation_id: str, path: str, **more: Any) -> Route:
    more = {"response": CreditApplication, **more}
    return Route(operation_id=operation_id, path="/{credit_application:str}" + path, **more)


SUBMIT = Action(
    command=SubmitApplication,
    name="submit",
    help="Apply for a limit of a loan product; its rules decide at once, or leave it to a person.",
    permission=Permission.POST,
    resolve={"channel": _channel, "age": _age},
    route=Route(
        operation_id="submitCreditApplication",
        response=CreditApplication,
        status=201,
        body="CreditApplicationRequest",
        body_help="Who applies for which product, how much, and what for.",
    ),
    form=Form(
        title="Apply for credit",
        submit="Submit the application",
        inputs=(
            Input(name="party"),
            Input(name="product", kind="select", help="With its rate a year and the terms in months."),
            Input(name="amount"),
            Input(name="months"),
            Input(name="purpose"),
            Input(name="trade"),
            Input(name="monthly_income"),
            Input(name="monthly_debt"),
        ),
    ),
)
APPROVE = Action(
    command=ApproveApplication,
    name="approve",
    help="Approve an application: the offer is made.",
    permission=Permission.APPROVE,
    target=("application",),
    route=_at(
        "approveCreditApplication",
        "/approval",
        body="CreditApprovalRequest",
        body_help="The limit that is offered, the rate where it is another one, and why.",
    ),
    form=Form(
        title="Approve",
        submit="Approve and offer",
        inputs=(Input(name="limit"), Input(name="rate_ppm"), Input(name="reason")),
        confirm="Approve this application? The customer has the offer at once.",
        applies=availability.is_waiting,
    ),
)
REFUSE = Action(
    command=RefuseApplication,
    name="refuse",
    help="Refuse an application, and send the text that the customer reads.",
    permission=Permission.APPROVE,
    target=("application",),
    route=_at(
        "refuseCreditApplication",
        "/refusal",
        body="CreditRefusalRequest",
        body_help="The text that the customer reads, and why.",
    ),
    form=Form(
        title="Refuse",
        submit="Refuse and send",
        inputs=(Input(name="text"), Input(name="reason")),
        confirm="Refuse this application? The customer reads the text above at once.",
        danger=True,
        applies=availability.is_waiting,
    ),
)
ASK_CODE = Action(
    command=AskSigningCode,
    name="send-code",
    help="Send the code by which an offer is signed to the customer's mobile.",
    permission=Permission.POST,
    target=("application",),
    resolve={"number": _number, "code": _asked_code},
    route=_at("askSigningCode", "/signing-codes", status=201),
    form=Form(
        title="Send the signing code",
        submit="Send the code",
        confirm="Send the code to the customer's mobile? Let them read the contract first.",
        applies=availability.is_offered,
    ),
)
SIGN = Action(
    command=SignApplication,
    name="sign",
    help="Sign an offer with the code that was sent: the limit can be drawn from now on.",
    permission=Permission.POST,
    target=("application",),
    resolve={"code": _typed_code},
    route=_at("signCreditApplication", "/signature", body=api.SignatureRequest, view=signed),
    form=Form(
        title="Sign",
        submit="Sign the contract",
        inputs=(Input(name="code", secret=True), Input(name="text_hash", kind="hidden")),
        confirm="Sign this contract with the customer's code? The limit can be drawn at once.",
        applies=availability.is_offered,
    ),
    cli=False,
)

ON_APPLICATION = (APPROVE, REFUSE, ASK_CODE, SIGN)
"""What the page of an application offers, in its order."""

APPLICATIONS = Resource(
    name="credit-application",
    path="/credit-applications",
    tag="credit applications",
    plural="applications for credit",
    actions=(SUBMIT, *ON_APPLICATION),
    parameters={"credit_application": api.ApplicationPath},
    handlers=api.APPLICATIONS,
    listing=Listing(
        read=queries.applications,
        filter=queries.CreditApplicationFilter,
        columns=("id", "party", "product", "amount", "months", "state", "limit", "submitted_at"),
        money=("limit",),
    ),
    show=queries.application,
)
RESOURCES = (APPLICATIONS,)
