"""What can be done with tasks and invitations: who may, and what is asked."""

from typing import Annotated, Any

from canglian.bank.reward.earning import queries
from canglian.bank.reward.earning.commands import NEVER_PAID, AcceptInvitation, InviteFriends, JoinTask
from canglian.bank.reward.earning.model import Invitation, Invitee, TaskProgress
from canglian.bank.reward.segments import claiming
from canglian.bank.reward.segments.registry import segments_of
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.values import utc_now
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.listing import get_route, list_route
from canglian.web.operations import RequestContext, id_path
from canglian.web.principal import Permission
from canglian.web.services import Services

InvitationPath = Annotated[str, id_path("inv", "The invitation's id.")]


async def _segments(context: RequestContext, body: Any) -> tuple[str, ...]:
    """To which segments of an offer the person of a wallet belongs."""
    return await claiming.segments_seen(context.services, context.principal.book, context.target["offer"], body.wallet)


async def accepting(services: Services, book: int, wallet: str) -> tuple[str, ...]:
    """Whether the person of a wallet has never paid, as a command is told."""
    try:
        party = (await wallets.wallet(services.reader, book, wallet)).party
    except NotFound:
        return ()
    return () if party is None else tuple(await segments_of(services, book, party, [NEVER_PAID], utc_now()))


async def _accepting(context: RequestContext, body: Any) -> tuple[str, ...]:
    return await accepting(context.services, context.principal.book, body.wallet)


JOIN = Action(
    command=JoinTask,
    name="join",
    help="Join a task for this month, for the person of a wallet.",
    permission=Permission.POST,
    target=("offer",),
    route=Route(
        operation_id="joinTask",
        path="/{campaign_offer:str}/joins",
        response=TaskProgress,
        status=201,
        body="JoinTaskRequest",
        body_help="The wallet of the person who joins.",
    ),
    resolve={"segments": _segments},
)
INVITE = Action(
    command=InviteFriends,
    name="invite",
    help="Make the invitation of the person of a wallet; each person has one for an offer.",
    permission=Permission.POST,
    target=("offer",),
    route=Route(
        operation_id="inviteFriends",
        path="/{campaign_offer:str}/invitations",
        response=Invitation,
        status=201,
        body="InviteFriendsRequest",
        body_help="The wallet of the person who invites.",
    ),
    resolve={"segments": _segments},
)
ACCEPT = Action(
    command=AcceptInvitation,
    name="accept",
    help="Accept an invitation for the person of a wallet, who was newly verified and has never paid.",
    permission=Permission.POST,
    target=("invitation",),
    route=Route(
        operation_id="acceptInvitation",
        path="/{invitation:str}/acceptance",
        response=Invitee,
        status=201,
        body="AcceptInvitationRequest",
        body_help="The wallet of the person who was invited.",
    ),
    resolve={"segments": _accepting},
)
ON_OFFER = (JOIN, INVITE)
INVITATIONS = Resource(
    name="invitation",
    path="/invitations",
    tag="campaigns",
    plural="invitations",
    actions=(ACCEPT,),
    parameters={"invitation": InvitationPath},
    handlers=(
        list_route(
            Invitation,
            queries.invitations,
            queries.InvitationFilter,
            "listInvitations",
            "invitations",
            "List invitations, newest first.",
        ),
        get_route(
            "invitation", InvitationPath, Invitation, queries.invitation, "getInvitation", "Somebody's invitation."
        ),
    ),
    listing=Listing(
        read=queries.invitations,
        filter=queries.InvitationFilter,
        columns=("id", "offer", "party", "accepted", "rewarded", "owed"),
        money=("owed",),
    ),
    show=queries.invitation,
)

__all__ = ["INVITATIONS", "ON_OFFER", "accepting"]
