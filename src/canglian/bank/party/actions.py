"""What can be done to a party, a consent and a remote opening: who may, and what is asked."""

from dataclasses import replace
from typing import Any

from canglian.bank.party import availability
from canglian.bank.party.api.consents import handlers as consent_handlers
from canglian.bank.party.api.leaving import handlers as leaving_handlers
from canglian.bank.party.api.openings import handlers as opening_handlers
from canglian.bank.party.api.parties import document_shown, handlers, shown
from canglian.bank.party.api.paths import ConsentPath, OpeningPath, OwnerPath, PartyPath, ReasonBody, RolePath
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    AddRole,
    AskCheck,
    ChangeParty,
    ChooseSignIn,
    EndBeneficialOwner,
    EndPersonSessions,
    EndRelationship,
    EndRole,
    EraseParty,
    ExportPersonalData,
    GiveConsent,
    MergeParties,
    NoteIntentCheck,
    RateRisk,
    RenameParty,
    ResumeRelationship,
    ReviewOpening,
    StartOpening,
    StateNoOwners,
    UnmaskParty,
    VerifyFaceToFace,
    WithdrawConsent,
)
from canglian.bank.party.model import BeneficialOwner, Consent, IntentCheck, OwnerExemption, PartyRole
from canglian.bank.party.queries import openings, parties
from canglian.bank.party.queries.openings import OpeningView
from canglian.bank.party.queries.parties import DocumentView, PartyView
from canglian.bank.party.requests import DocumentRequest, PartyChange, TypedName, sealed, sealed_document
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _below(operation_id: str, path: str, response: Any = PartyView, **more: Any) -> Route:
    """A route below a party, which answers the party where it says nothing else."""
    read = shown if response is PartyView else None
    return Route(operation_id=operation_id, path=f"/{{party:str}}/{path}", response=response, read=read, **more)


CHANGE = Action(
    command=ChangeParty,
    name="change",
    help="Change what is known of a party.",
    permission=Permission.POST,
    cli=False,
    target=("party",),
    resolve={name: sealed(name) for name in ("name", "number", "mobile", "address")},
    route=Route(
        operation_id="changeParty",
        path="/{party:str}",
        response=PartyView,
        read=shown,
        body=PartyChange,
        method="PATCH",
    ),
    form=Form(
        title="Change",
        inputs=(
            Input(name="number", label="Identity number or credit code", applies=availability.lacks_number),
            Input(name="name", label="Name", help="Leave empty what stays.", applies=availability.has_own_name),
            Input(name="mobile", kind="tel", keeps=True),
            Input(name="address", label="Postal address", keeps=True),
            Input(name="occupation", keeps=True),
            Input(name="representative", applies=availability.is_organisation, keeps=True),
        ),
        omit=("nationality",),
        applies=availability.is_active,
    ),
)

RENAME = Action(
    command=RenameParty,
    name="rename",
    help="Ask for another name of a verified party. It holds once another person has approved the proposal.",
    permission=Permission.POST,
    cli=False,
    target=("party",),
    typed=TypedName,
    form=Form(
        title="Change the verified name",
        inputs=(Input(name="name", label="Name", help="As the document has it."), Input(name="reason")),
        applies=availability.has_verified_name,
    ),
)
"""It is always asked for: others approve it."""

ADD_DOCUMENT = Action(
    command=AddDocument,
    name="add-document",
    help="Put a document on record.",
    permission=Permission.POST,
    cli=False,
    target=("party",),
    names={"document_kind": "kind"},
    resolve={"number": sealed_document},
    route=Route(
        operation_id="addDocument",
        path="/{party:str}/documents",
        status=201,
        response=DocumentView,
        view=document_shown,
        body=DocumentRequest,
    ),
    form=Form(
        title="Add a document",
        submit="Add",
        inputs=(
            Input(name="document_kind", family="document"),
            Input(name="number", label="Document number"),
            Input(name="authority"),
            Input(name="valid_from"),
            Input(name="valid_until", help="Empty where it is for life."),
        ),
        omit=("digest",),
        applies=availability.is_active,
    ),
)

VERIFY = Action(
    command=VerifyFaceToFace,
    name="verify",
    help="Verify a party face to face, with a valid document on record.",
    permission=Permission.POST,
    target=("party",),
    route=_below(
        "verifyParty", "verification", body="Verification", body_help="Which document was in hand, and where."
    ),
    form=Form(
        title="Verify face to face",
        submit="Verify",
        inputs=(Input(name="document", label="The document in hand"), Input(name="place", label="Where")),
        applies=availability.is_active,
        unavailable=availability.verified,
    ),
)

RATE = Action(
    command=RateRisk,
    name="rate",
    help="Rate the risk of a party.",
    permission=Permission.POST,
    target=("party",),
    route=_below("rateParty", "risk", body="Rating", body_help="A rating of the risk, and why."),
    form=Form(
        title="Rate the risk",
        submit="Rate",
        inputs=(Input(name="risk", family="state"),),
        applies=availability.is_active,
    ),
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
    form=Form(
        title="Add a customer role",
        submit="Add",
        inputs=(
            Input(name="role", family="party_role"),
            Input(name="within", label="Within", help="Such as village:7; empty for none."),
        ),
        applies=availability.is_active,
    ),
)

CHOOSE_SIGN_IN = Action(
    command=ChooseSignIn,
    name="choose-sign-in",
    help="Say that a mobile which several people share signs in this one.",
    permission=Permission.POST,
    target=("party",),
    route=_below("chooseSignIn", "choose-sign-in"),
    form=Form(
        title="Let the mobile sign in this customer",
        submit="Choose",
        confirm="Let the mobile sign in this customer? Whoever signed in with it before is signed out.",
        applies=availability.shares_mobile,
    ),
)

END_ROLE = Action(
    command=EndRole,
    name="end-role",
    help="End a role of a party.",
    permission=Permission.POST,
    target=("party", "role"),
    route=_below("endRole", "roles/{role:str}/end", PartyRole),
    form=Form(title="End it", confirm="End this customer role?"),
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
    form=Form(
        title="Add a beneficial owner",
        submit="Add",
        inputs=(
            Input(name="owner", label="Customer"),
            Input(name="control", initial="shares"),
            Input(name="share_bps", help="A quarter is 25."),
        ),
        applies=availability.is_organisation,
    ),
)

END_OWNER = Action(
    command=EndBeneficialOwner,
    name="end-owner",
    help="End a beneficial ownership.",
    permission=Permission.POST,
    target=("company", "owner"),
    route=_below("endBeneficialOwner", "owners/{owner:str}/end", BeneficialOwner),
    form=Form(title="End it", confirm="End this ownership?"),
)

STATE_NO_OWNERS = Action(
    command=StateNoOwners,
    name="state-no-owners",
    help="Note why an organisation has no beneficial owner, until one is added.",
    permission=Permission.POST,
    target=("company",),
    route=_below("stateNoOwners", "no-owners", OwnerExemption, status=201, body=ReasonBody),
    form=Form(
        title="State why there is no beneficial owner",
        applies=availability.is_organisation,
        unavailable=availability.no_owners_stated,
    ),
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
    form=Form(
        title="Record an account opening intent check",
        note=availability.whom_to_ask,
        inputs=(
            Input(name="how", family="how", initial="on_site"),
            Input(name="held_at"),
            Input(name="outcome", label="Intent", family="state", initial="confirmed"),
            Input(name="reference", help="Where the proof is, such as the number of a recording."),
        ),
        omit=("spoke_with",),
        applies=availability.is_organisation,
        unavailable=availability.intent_noted,
    ),
)

END_SESSIONS = Action(
    command=EndPersonSessions,
    name="end-sessions",
    help="Sign a person out on every device.",
    permission=Permission.POST,
    target=("party",),
    form=Form(
        title="Sign the person out everywhere",
        submit="Sign out",
        confirm="Sign out on every device? Whoever has the mobile signs in anew by a code.",
        danger=True,
        omit=("keep",),
        applies=availability.is_person,
        unavailable=availability.signed_out,
    ),
)

UNMASK = Action(
    command=UnmaskParty,
    name="unmask",
    help="See personal data in plain.",
    permission=Permission.APPROVE,
    target=("party",),
    form=Form(
        title="View unmasked personal data",
        submit="View",
        inputs=(Input(name="fields", label="Which", family="field"),),
    ),
)

EXPORT = Action(
    command=ExportPersonalData,
    name="export",
    help="Hand out everything that is held about a party.",
    permission=Permission.APPROVE,
    target=("party",),
    form=Form(title="Provide all personal data to the customer", submit="Export as JSON", download=True),
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
    form=Form(
        title="Merge another record into this one",
        submit="Merge",
        confirm="Merge permanently? The other record then points to this one.",
        danger=True,
        inputs=(Input(name="other", label="The other record"),),
        applies=availability.is_active,
        unavailable=availability.merged,
    ),
)

END = Action(
    command=EndRelationship,
    name="end",
    help="End the relationship with a party: roles end, consents are withdrawn, the time of keeping begins.",
    permission=Permission.POST,
    target=("party",),
    route=_below("endRelationship", "end", body=ReasonBody),
    form=Form(
        title="End the relationship",
        confirm="End the relationship? Roles end and consents are withdrawn.",
        danger=True,
        applies=availability.is_active,
    ),
)

RESUME = Action(
    command=ResumeRelationship,
    name="resume",
    help="Take a party back, to be verified anew.",
    permission=Permission.POST,
    target=("party",),
    route=_below("resumeRelationship", "resume", body=ReasonBody),
    form=Form(title="Resume the relationship", submit="Resume", applies=availability.has_ended),
)

ERASE = Action(
    command=EraseParty,
    name="erase",
    help="Erase the personal data of a party once the time of keeping is over; before, the refusal says when that is.",
    permission=Permission.APPROVE,
    target=("party",),
    route=_below("eraseParty", "erase", body=ReasonBody),
    form=Form(
        title="Erase personal data",
        submit="Erase",
        confirm="Erase permanently? This cannot be undone.",
        danger=True,
        unavailable=availability.erased,
    ),
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
    form=Form(
        title="Record a consent",
        inputs=(Input(name="scope", label="Scope", help="Such as profile.basic."),),
        omit=("party", "evidence"),
        applies=availability.is_active,
    ),
)

WITHDRAW_CONSENT = Action(
    command=WithdrawConsent,
    name="withdraw",
    help="Take a consent back.",
    permission=Permission.POST,
    target=("consent",),
    route=Route(operation_id="withdrawConsent", path="/{consent:str}/withdraw", response=Consent),
    form=Form(title="Withdraw", confirm="Withdraw this consent? The receiver is told."),
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
    form=Form(
        title="Start remote onboarding",
        submit="Start",
        note=availability.opening_lasts,
        omit=("party",),
        fixed={"channel": "console"},
        applies=availability.is_person,
        unavailable=availability.opening_started,
    ),
)

ASK_CHECK = Action(
    command=AskCheck,
    name="ask",
    help="Ask outside again for the check that comes next: a face, the elements, or another code.",
    permission=Permission.POST,
    target=("opening",),
    route=Route(operation_id="askOpeningCheck", path="/{opening:str}/ask", response=OpeningView, view=openings.view),
    form=Form(
        title="Retry the check",
        note="The next step is requested from the external service automatically. Retry if a response was lost or "
        "negative.",
        applies=availability.awaits_check,
    ),
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


def _decision(name: str, help_text: str, form: Form, *, accepted: bool) -> Action:
    """One of the two decisions on a case."""
    return Action(
        command=ReviewOpening,
        name=name,
        help=help_text,
        permission=Permission.APPROVE,
        target=("opening",),
        fixed={"accepted": accepted},
        form=form,
    )


ACCEPT = _decision(
    "accept",
    "Verify the person of a case.",
    Form(title="Accept", applies=availability.awaits_review),
    accepted=True,
)
REFUSE = _decision(
    "refuse",
    "Refuse a case.",
    Form(title="Refuse", danger=True, applies=availability.awaits_review),
    accepted=False,
)

ON_PARTY = (
    CHANGE,
    ADD_DOCUMENT,
    VERIFY,
    START_OPENING,
    RATE,
    ADD_ROLE,
    GIVE_CONSENT,
    ADD_OWNER,
    NOTE_INTENT,
    STATE_NO_OWNERS,
    CHOOSE_SIGN_IN,
    END_SESSIONS,
    END,
    RESUME,
)
"""What the page of a party offers, in its order."""

FOR_APPROVERS = (UNMASK, EXPORT, MERGE, ERASE)
"""What only an approver does; where the book's policy says so, somebody asks for it and others approve."""

TRIED = (VERIFY, STATE_NO_OWNERS, END_SESSIONS, END, RESUME)
"""What the page of a party tries before it is asked for."""

REQUESTED = {action.command: replace(action, permission=Permission.READ) for action in FOR_APPROVERS}
"""The same as what is asked for, which the page of approval requests guards itself."""

IN_ROWS = (END_ROLE, END_OWNER, WITHDRAW_CONSENT)
ON_OPENING = (ASK_CHECK, ACCEPT, REFUSE)

PARTIES = Resource(
    name="party",
    path="/parties",
    tag="parties",
    actions=(
        CHANGE,
        ADD_DOCUMENT,
        VERIFY,
        RATE,
        ADD_ROLE,
        END_ROLE,
        ADD_OWNER,
        END_OWNER,
        STATE_NO_OWNERS,
        NOTE_INTENT,
        CHOOSE_SIGN_IN,
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
