"""What can be done to partners, apps and keys: who may, and what is asked."""

from typing import Any

from canglian.bank.partner import api, availability, queries
from canglian.bank.partner.api import AppPath, KeyPath, PartnerPath
from canglian.bank.partner.commands import (
    AcceptPartner,
    AddApp,
    AddKey,
    AddSecret,
    ChangeApp,
    EndApp,
    ExitPartner,
    RefusePartner,
    RegisterPartner,
    ResumeApp,
    ResumePartner,
    RevokeKey,
    SuspendApp,
    SuspendPartner,
)
from canglian.bank.partner.model import Partner, PartnerApp, PartnerKey
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _of_partner(
    command: Any, name: str, help_: str, form: Form, permission: Permission = Permission.ADMINISTER
) -> Action:
    return Action(
        command=command,
        name=name,
        help=help_,
        permission=permission,
        target=("partner",),
        route=Route(operation_id=f"{name}Partner", path=f"/{{partner:str}}/{name}", response=Partner),
        form=form,
    )


def _of_app(command: Any, name: str, help_: str, form: Form) -> Action:
    return Action(
        command=command,
        name=name,
        help=help_,
        permission=Permission.ADMINISTER,
        target=("app",),
        route=Route(operation_id=f"{name}PartnerApp", path=f"/{{partner_app:str}}/{name}", response=PartnerApp),
        form=form,
    )


REGISTER = Action(
    command=RegisterPartner,
    name="register",
    help="Take an organisation's application; another person decides about it.",
    permission=Permission.POST,
    route=Route(operation_id="registerPartner", response=Partner, status=201),
    form=Form(title="Register a partner"),
)
ACCEPT = _of_partner(
    AcceptPartner,
    "accept",
    "Let a partner in; whoever registered it does not.",
    Form(
        title="Accept",
        confirm="Let this partner in? It gets apps and keys, which call the bank.",
        applies=availability.in_review,
        unavailable=availability.deciding,
    ),
    Permission.APPROVE,
)
REFUSE = _of_partner(
    RefusePartner,
    "refuse",
    "Do not let a partner in; whoever registered it does not decide.",
    Form(title="Refuse", danger=True, applies=availability.in_review, unavailable=availability.deciding),
    Permission.APPROVE,
)
SUSPEND = _of_partner(
    SuspendPartner,
    "suspend",
    "Shut all apps of a partner out until it is resumed.",
    Form(
        title="Suspend",
        confirm="Suspend this partner? All its apps are refused within seconds.",
        danger=True,
        applies=availability.is_active,
    ),
)
RESUME = _of_partner(
    ResumePartner,
    "resume",
    "Let the apps of a partner call again.",
    Form(title="Resume", confirm="Let the apps of this partner call again?", applies=availability.is_suspended),
)
EXIT = _of_partner(
    ExitPartner,
    "exit",
    "End with a partner: its apps are shut out for good.",
    Form(
        title="End the partnership",
        confirm="End with this partner? All its apps are shut out for good.",
        danger=True,
        applies=availability.is_with_us,
    ),
)

_APP_INPUTS = (
    Input(name="name", label="Name"),
    Input(name="scopes", kind="ticks", label="Scopes", family="app_scope"),
    Input(name="networks"),
    Input(name="rate_per_second", initial="100"),
    Input(name="calls_per_day"),
)
ADD_APP = Action(
    command=AddApp,
    name="add-app",
    help="Make a program of a partner known: what it may do, from where and how often.",
    permission=Permission.ADMINISTER,
    target=("partner",),
    route=Route(
        operation_id="addPartnerApp",
        path="/{partner:str}/apps",
        response=PartnerApp,
        status=201,
        body="PartnerAppRequest",
        body_help="A program of a partner: what it may do, from where and how often.",
    ),
    form=Form(title="Add an app", inputs=_APP_INPUTS, unavailable=availability.adding_apps),
)
CHANGE_APP = Action(
    command=ChangeApp,
    name="change",
    help="Give an app other scopes, networks and bounds, as a whole.",
    permission=Permission.ADMINISTER,
    target=("app",),
    route=Route(
        operation_id="changePartnerApp",
        path="/{partner_app:str}/change",
        response=PartnerApp,
        body="ChangePartnerAppRequest",
        body_help="All that an app may do from now on, from where and how often.",
    ),
    form=Form(title="Change", inputs=_APP_INPUTS[1:], applies=availability.app_living),
)
SUSPEND_APP = _of_app(
    SuspendApp,
    "suspend",
    "Shut an app out until it is resumed.",
    Form(
        title="Suspend",
        confirm="Suspend this app? Its calls are refused within seconds.",
        danger=True,
        applies=availability.may_call,
    ),
)
RESUME_APP = _of_app(
    ResumeApp,
    "resume",
    "Let an app call again.",
    Form(title="Resume", confirm="Let this app call again?", applies=availability.app_suspended),
)
END_APP = _of_app(
    EndApp,
    "end",
    "Shut an app out for good.",
    Form(title="End the app", confirm="End this app for good?", danger=True, applies=availability.app_living),
)
ADD_KEY = Action(
    command=AddKey,
    name="add-key",
    help="Register the public key of a pair that the partner has made.",
    permission=Permission.ADMINISTER,
    target=("app",),
    route=Route(
        operation_id="addPartnerKey",
        path="/{partner_app:str}/keys",
        response=PartnerKey,
        status=201,
        body="PartnerKeyRequest",
        body_help="The public key of a pair that the partner has made, and what becomes of its other keys.",
    ),
    form=Form(
        title="Add a key",
        note="Only the public key comes to the bank; the private one stays with the partner.",
        applies=availability.app_living,
    ),
)
ADD_SECRET = Action(
    command=AddSecret,
    name="add-secret",
    help="Make a secret that the bank and an app share; it is shown once.",
    permission=Permission.ADMINISTER,
    target=("app",),
    route=Route(
        operation_id="addPartnerSecret",
        path="/{partner_app:str}/secrets",
        response=api.PartnerSecret,
        status=201,
        read=api.shown_secret,
        body="PartnerSecretRequest",
        body_help="What becomes of the app's other keys.",
    ),
    form=Form(
        title="Make a shared secret",
        submit="Make it",
        note="For programs that cannot sign with a key of their own: whoever has the secret signs as the app.",
        applies=availability.app_living,
    ),
)
REVOKE_KEY = Action(
    command=RevokeKey,
    name="revoke",
    help="End a key now.",
    permission=Permission.ADMINISTER,
    target=("partner_key",),
    route=Route(operation_id="revokePartnerKey", path="/{partner_key:str}/revoke", response=PartnerKey),
    form=Form(title="Revoke", confirm="Revoke this key? What it signs is refused within seconds.", danger=True),
)

PARTNERS = Resource(
    name="partner",
    path="/partners",
    tag="partners",
    actions=(REGISTER, ACCEPT, REFUSE, SUSPEND, RESUME, EXIT, ADD_APP),
    parameters={"partner": PartnerPath},
    handlers=(api.list_partners, api.get_partner),
    listing=Listing(
        read=queries.partners,
        filter=queries.PartnerFilter,
        columns=("id", "name", "registration", "state", "applied_at"),
    ),
    show=queries.partner,
)
APPS = Resource(
    name="partner-app",
    path="/partner-apps",
    tag="partners",
    plural="apps",
    actions=(CHANGE_APP, SUSPEND_APP, RESUME_APP, END_APP, ADD_KEY, ADD_SECRET),
    parameters={"partner_app": AppPath},
    handlers=(api.list_apps, api.get_app, api.list_keys, api.list_usage),
    listing=Listing(
        read=queries.apps,
        filter=queries.AppFilter,
        columns=("id", "partner", "name", "scopes", "rate_per_second", "calls_per_day", "state"),
    ),
    show=queries.app,
)
KEYS = Resource(
    name="partner-key",
    path="/partner-keys",
    tag="partners",
    plural="keys",
    actions=(REVOKE_KEY,),
    parameters={"partner_key": KeyPath},
    handlers=(api.get_key,),
    show=queries.key,
)
