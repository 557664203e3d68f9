"""What can be done to draws: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.reward.draws import api, availability, queries
from canglian.bank.reward.draws.actions import requests
from canglian.bank.reward.draws.api import DrawPath
from canglian.bank.reward.draws.commands import (
    AddEntrants,
    ApproveDraw,
    ChangeDraw,
    ConfirmDraw,
    ConfirmFigure,
    DraftDraw,
    DrawByBeacon,
    DropDraw,
    FreezeDraw,
    JoinDraw,
    RevealDraw,
    RevealSecondSeed,
    SendBackDraw,
    StateFigure,
    SubmitDraw,
)
from canglian.bank.reward.draws.commands.joining import Joined
from canglian.bank.reward.draws.model import Draw, DrawEntry
from canglian.bank.reward.draws.typed import ChangeTyped, DrawTyped
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _act(command: Any, name: str, help_: str, operation_id: str, path: str, **more: Any) -> Action:
    route = {name: more.pop(name) for name in ("body", "body_help", "status") if name in more}
    return Action(
        command=command,
        name=name,
        help=help_,
        permission=more.pop("permission", Permission.POST),
        route=Route(operation_id=operation_id, path="/{draw:str}" + path, response=more.pop("response", Draw), **route),
        target=("draw",),
        **more,
    )


DRAFT = Action(
    command=DraftDraw,
    name="draft",
    help="Draft a draw; its seed is made, and its hash is shown.",
    permission=Permission.POST,
    route=Route(
        operation_id="draftDraw",
        response=Draw,
        status=201,
        body="DraftDrawRequest",
        body_help="The rules of a draw; its seed is made by the server.",
    ),
    resolve={"seed": requests.new_seed, "beacon": requests.chain},
    typed=DrawTyped,
    form=Form(
        title="Draft a draw",
        submit="Draft the draw",
        inputs=(
            *(Input(name=name) for name in ("name", "summary", "prizes", "joins_from", "joins_until", "draws_at")),
            Input(name="entropy", initial="second_seed", family="draw_entropy"),
            *(Input(name=name) for name in ("fallback", "fallback_at")),
            Input(name="condition", initial="open", family="draw_condition"),
            *(Input(name=name) for name in ("least", "categories", "campaign")),
            Input(name="asset", initial="CNY", choices=(("CNY", "Money in accounts"), ("ECNY", "e-CNY"))),
            Input(name="per_person", initial="1"),
            Input(name="alternates", initial="0"),
            Input(name="claim_days", initial="7"),
            Input(name="tax_note", initial="偶然所得个人所得税由本行承担"),
        ),
    ),
)
SUBMIT = _act(
    SubmitDraw,
    "submit",
    "Hand a draft in to be approved by somebody else.",
    "submitDraw",
    "/submission",
    form=Form(title="Submit for approval", submit="Submit", applies=availability.is_draft),
)
APPROVE = _act(
    ApproveDraw,
    "approve",
    "Publish a draw, as somebody else than who drafted it; the money of its prizes is set aside.",
    "approveDraw",
    "/approval",
    permission=Permission.APPROVE,
    body=requests.ApproveDrawRequest,
    resolve={"second": requests.approvers_seed},
    form=Form(
        title="Approve and publish",
        submit="Publish",
        confirm="Publish this draw? Its rules change in favour of entrants alone from now on, and it is held.",
        applies=availability.is_in_review,
    ),
    cli=False,
)
SEND_BACK = _act(
    SendBackDraw,
    "send-back",
    "Send a draw back to whoever drafted it.",
    "sendBackDraw",
    "/return",
    permission=Permission.APPROVE,
    body=ReasonBody,
    form=Form(title="Send back", submit="Send back", applies=availability.is_in_review),
    cli=False,
)
DROP = _act(
    DropDraw,
    "drop",
    "Drop a draw that was not published.",
    "dropDraw",
    "/dropping",
    body=ReasonBody,
    form=Form(
        title="Drop the draw",
        submit="Drop it for ever",
        confirm="Drop this draw for ever? Nobody has been promised anything yet.",
        danger=True,
        applies=availability.is_unpublished,
    ),
)
CHANGE = _act(
    ChangeDraw,
    "change",
    "Change what was published in favour of entrants: more prizes, more time. Anything else is refused.",
    "changeDraw",
    "/changes",
    permission=Permission.APPROVE,
    body="ChangeDrawRequest",
    body_help="What is better for entrants; what is left out stays.",
    typed=ChangeTyped,
    form=Form(
        title="Change in favour of entrants",
        submit="Publish the change",
        note="More prizes and alternates, more time to join and to claim. Anything else is refused.",
        applies=availability.is_published,
        unavailable=availability.changing,
    ),
    cli=False,
)
JOIN = _act(
    JoinDraw,
    "join",
    "Join a draw for the person of a wallet.",
    "joinDraw",
    "/entries",
    response=DrawEntry,
    status=201,
    body="JoinDrawRequest",
    body_help="The wallet of who joins, and the payment or coupon that the draw asks for.",
)
ADD = _act(
    AddEntrants,
    "add-entrants",
    "Name people who are in a draw by a list.",
    "addDrawEntrants",
    "/entrants",
    response=Joined,
    body="AddEntrantsRequest",
    body_help="The wallets of the people, and why they are in.",
    form=Form(
        title="Add people by their wallets",
        submit="Add them",
        note="Up to 500 wallets. Whoever is in already stays as they are.",
        applies=availability.is_by_list,
        unavailable=availability.changing,
    ),
)
FREEZE = _act(
    FreezeDraw,
    "freeze",
    "Freeze the entries once nobody joins any more. The clock does it, too.",
    "freezeDraw",
    "/freeze",
    form=Form(
        title="Freeze the entries",
        submit="Freeze",
        applies=availability.is_published,
        unavailable=availability.freezing,
    ),
)
BY_BEACON = _act(
    DrawByBeacon,
    "draw",
    "Ask the beacon for the round that decides. The clock does it, too.",
    "drawByBeacon",
    "/beacon",
    resolve={"beat": requests.beat},
    form=Form(
        title="Ask the beacon",
        submit="Ask now",
        applies=availability.awaits_beacon,
        unavailable=availability.drawing,
    ),
)
SECOND_SEED = _act(
    RevealSecondSeed,
    "reveal-second-seed",
    "Reveal the second office's seed, as somebody else than who drafted the draw.",
    "revealSecondSeed",
    "/second-seed",
    permission=Permission.APPROVE,
    body=requests.RevealSecondSeedRequest,
    resolve={"secret": requests.second_seed},
    form=Form(
        title="Reveal the second seed",
        submit="Reveal it",
        confirm="Reveal the second seed? It decides the draw, and nobody changes it after that.",
        applies=availability.awaits_second_seed,
        unavailable=availability.drawing,
    ),
    cli=False,
)
REVEAL = _act(
    RevealDraw,
    "reveal",
    "Reveal the bank's seed, from which the winners follow. The clock does it, too.",
    "revealDraw",
    "/reveal",
    resolve={"seed": requests.bank_seed},
    form=Form(
        title="Reveal the winners",
        submit="Reveal",
        applies=availability.is_drawn,
        unavailable=availability.revealing,
    ),
)
STATE_FIGURE = _act(
    StateFigure,
    "state-figure",
    "State the public figure that stands in for what was withheld.",
    "stateDrawFigure",
    "/figure",
    body="DrawFigureRequest",
    body_help="The public figure.",
    form=Form(
        title="State the public figure",
        submit="State it",
        applies=availability.may_fall_back,
        unavailable=availability.falling_back,
    ),
)
CONFIRM_FIGURE = _act(
    ConfirmFigure,
    "confirm-figure",
    "Confirm the public figure, as somebody else than who stated it.",
    "confirmDrawFigure",
    "/figure-confirmation",
    permission=Permission.APPROVE,
    body="ConfirmDrawFigureRequest",
    body_help="The public figure once more.",
    form=Form(
        title="Confirm the public figure",
        submit="Confirm, and draw",
        confirm="Draw with this figure? What was withheld stays out for ever.",
        danger=True,
        applies=availability.may_fall_back,
        unavailable=availability.confirming,
    ),
    cli=False,
)
CONFIRM = _act(
    ConfirmDraw,
    "confirm",
    "Compute a revealed draw again from its proof. The clock does it, too.",
    "confirmDraw",
    "/confirmation",
    resolve={"result_hash": requests.computed_again},
    form=Form(title="Compute it again", submit="Compute again", applies=availability.is_revealed),
)

DRAWS = Resource(
    name="draw",
    path="/draws",
    tag="draws",
    actions=(
        DRAFT,
        SUBMIT,
        APPROVE,
        SEND_BACK,
        DROP,
        CHANGE,
        JOIN,
        ADD,
        FREEZE,
        BY_BEACON,
        SECOND_SEED,
        REVEAL,
        STATE_FIGURE,
        CONFIRM_FIGURE,
        CONFIRM,
    ),
    parameters={"draw": DrawPath},
    handlers=api.DRAWS,
    listing=Listing(
        read=queries.draws,
        filter=queries.DrawFilter,
        columns=("id", "name", "state", "entries", "joins_until", "draws_at"),
    ),
    show=queries.whole,
)
ON_DRAW = (
    SUBMIT,
    APPROVE,
    SEND_BACK,
    FREEZE,
    BY_BEACON,
    SECOND_SEED,
    REVEAL,
    CONFIRM,
    ADD,
    CHANGE,
    STATE_FIGURE,
    CONFIRM_FIGURE,
    DROP,
)
"""What the page of a draw offers, in its order."""
