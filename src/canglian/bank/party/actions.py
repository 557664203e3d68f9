"""What can be done to a party, a consent and a remote opening: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.consents import handlers as consent_handlers
from canglian.bank.party.api.leaving import handlers as leaving_handlers
from canglian.bank.party.api.openings import handlers as opening_handlers
from canglian.bank.party.api.parties import handlers, shown
from canglian.bank.party.api.paths import ConsentPath, OpeningPath, OwnerPath, PartyPath, ReasonBody, RolePath
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddRole,
    AskCheck,
    EndBeneficialOwner,
    EndRelationship,
    EndRole,
    EraseParty,
    GiveConsent,
    MergeParties,
    NoteIntentCheck,
    RateRisk,
    ResumeRelationship,
    ReviewOpening,
    StartOpening,
    StateNoOwners,
    VerifyFaceToFace,
    WithdrawConsent,
)
from canglian.bank.party.model import BeneficialOwner, Consent, IntentCheck, OwnerExemption, PartyRole
from canglian.bank.party.queries import openings, parties
from canglian.bank.party.queries.openings import OpeningView
from canglian.bank.party.queries.parties import PartyView
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.principal import Permission


def _below(operation_id: str, path: str, response: Any = PartyView, **more: Any) -> Route:
    """A route below a party, which answers the party where it says nothing else."""
    view = shown if response is PartyView else None
    return Route(operation_id=operation_id, path=f"/{{party:str}}/{path}", response=response, view=view, **more)


VERIFY = Action(
    command=VerifyFaceToFace,
    name="verify",
    help="Verify a party face to face, with a valid document on record.",
    permission=Permission.POST,
    target=("party",),
    route=_below(
        "verifyParty", "verification", body="Verification", body_help="Which document was in hand, and where."
    ),
)

RATE = Action(
    command=RateRisk,
    name="rate",
    help="Rate the risk of a party.",
    permission=Permission.POST,
    target=("party",),
    route=_below("rateParty", "risk", body="Rating", body_help="A rating of the risk, and why."),
)

ADD_ROLE = Action(
    command=AddRole,
    name="add-role",
    help="Give a party a role.",
    permission=Permission.POST,
    target=("party",),
    route=_below(
        "addRole",
        "roles",
        PartyRole,
        status=201,
        body="RoleRequest",
        body_help="A part that a party plays, and in which thing of a scene.",
    ),
)

END_ROLE = Action(
    command=EndRole,
    name="end-role",
    help="End a role of a party.",
    permission=Permission.POST,
    target=("party", "role"),
    route=_below("endRole", "roles/{role:str}/end", PartyRole),
)

ADD_OWNER = Action(
    command=AddBeneficialOwner,
    name="add-owner",
    help="Note a beneficial owner of an organisation.",
    permission=Permission.POST,
    target=("company",),
    route=_below(
        "addBeneficialOwner",
        "owners",
        BeneficialOwner,
        status=201,
        body="OwnerRequest",
        body_help="Who in the end owns or controls an organisation.",
    ),
)

END_OWNER = Action(
    command=EndBeneficialOwner,
    name="end-owner",
    help="End a beneficial ownership.",
    permission=Permission.POST,
    target=("company", "owner"),
    route=_below("endBeneficialOwner", "owners/{owner:str}/end", BeneficialOwner),
)

STATE_NO_OWNERS = Action(
    command=StateNoOwners,
    name="state-no-owners",
    help="Note why an organisation has no beneficial owner, until one is added.",
    permission=Permission.POST,
    target=("company",),
    route=_below("stateNoOwners", "no-owners", OwnerExemption, status=201, body=ReasonBody),
)

NOTE_INTENT = Action(
    command=NoteIntentCheck,
    name="note-intent",
    help="Note that an organisation's representative was asked whether it wants accounts here. The last check counts.",
    permission=Permission.POST,
    target=("company",),
    route=_below(
        "noteIntentCheck",
        "intent-checks",
        IntentCheck,
        status=201,
        body="IntentRequest",
        body_help="That an organisation's representative was asked for its intent, and what came of it.",
    ),
)

MERGE = Action(
    command=MergeParties,
    name="merge",
    help="Merge another record of the same party into this one.",
    permission=Permission.APPROVE,
    target=("survivor",),
    route=_below(
        "mergeParties",
        "merge",
        body="MergeRequest",
        body_help="Which record is merged into the one that the path names, and why.",
    ),
)

END = Action(
    command=EndRelationship,
    name="end",
    help="End the relationship with a party: roles end, consents are withdrawn, the time of keeping begins.",
    permission=Permission.POST,
    target=("party",),
    route=_below("endRelationship", "end", body=ReasonBody),
)

RESUME = Action(
    command=ResumeRelationship,
    name="resume",
    help="Take a party back, to be verified anew.",
    permission=Permission.POST,
    target=("party",),
    route=_below("resumeRelationship", "resume", body=ReasonBody),
)

ERASE = Action(
    command=EraseParty,
    name="erase",
    help="Erase the personal data of a party once the time of keeping is over; before, the refusal says when that is.",
    permission=Permission.APPROVE,
    target=("party",),
    route=_below("eraseParty", "erase", body=ReasonBody),
)

GIVE_CONSENT = Action(
    command=GiveConsent,
    name="give",
    help="Note a separate consent of a party.",
    permission=Permission.POST,
    route=Route(
        operation_id="giveConsent",
        status=201,
        response=Consent,
        body="ConsentRequest",
        body_help="Who lets whom have which data, and what for. ``evidence`` is the SHA-256 of what was signed or "
        "shown.",
    ),
)

WITHDRAW_CONSENT = Action(
    command=WithdrawConsent,
    name="withdraw",
    help="Take a consent back.",
    permission=Permission.POST,
    target=("consent",),
    route=Route(operation_id="withdrawConsent", path="/{consent:str}/withdraw", response=Consent),
)

START_OPENING = Action(
    command=StartOpening,
    name="start",
    help="Begin to verify a person. Somebody on the black list gets an opening that is rejected already.",
    permission=Permission.POST,
    route=Route(
        operation_id="startOpening",
        status=201,
        response=OpeningView,
        view=openings.view,
        body="OpeningRequest",
        body_help="Who is to be verified, and by which channel.",
    ),
)

ASK_CHECK = Action(
    command=AskCheck,
    name="ask",
    help="Ask outside again for the check that comes next: a face, the elements, or another code.",
    permission=Permission.POST,
    target=("opening",),
    route=Route(operation_id="askOpeningCheck", path="/{opening:str}/ask", response=OpeningView, view=openings.view),
)

REVIEW = Action(
    command=ReviewOpening,
    name="review",
    help="Decide on a case that the rules do not let through.",
    permission=Permission.APPROVE,
    target=("opening",),
    route=Route(
        operation_id="reviewOpening",
        path="/{opening:str}/review",
        response=OpeningView,
        view=openings.view,
        body="Review",
        body_help="An operator's decision, and why.",
    ),
)

PARTIES = Resource(
    name="party",
    path="/parties",
    tag="parties",
    actions=(
        VERIFY,
        RATE,
        ADD_ROLE,
        END_ROLE,
        ADD_OWNER,
        END_OWNER,
        STATE_NO_OWNERS,
        NOTE_INTENT,
        MERGE,
        END,
        RESUME,
        ERASE,
    ),
    parameters={"party": PartyPath, "role": RolePath, "owner": OwnerPath},
    handlers=(*handlers, *leaving_handlers),
    listing=Listing(
        read=parties.parties,
        filter=parties.PartyFilter,
        columns=("id", "kind", "name", "number", "level", "risk", "state", "review_on"),
    ),
    show=parties.masked,
)

CONSENTS = Resource(
    name="consent",
    path="/consents",
    tag="consents",
    actions=(GIVE_CONSENT, WITHDRAW_CONSENT),
    parameters={"consent": ConsentPath},
    handlers=consent_handlers,
)

OPENINGS = Resource(
    name="opening",
    path="/openings",
    tag="openings",
    actions=(START_OPENING, ASK_CHECK, REVIEW),
    parameters={"opening": OpeningPath},
    handlers=opening_handlers,
    listing=Listing(
        read=openings.openings,
        filter=openings.OpeningFilter,
        columns=("id", "party", "channel", "state", "outcome", "tries", "started_at", "expires_at"),
    ),
    show=openings.opening,
)
