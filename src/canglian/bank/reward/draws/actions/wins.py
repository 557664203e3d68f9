"""What can be done to prizes that were won: who may, and what is asked."""

from canglian.bank.reward.draws import api, availability, queries
from canglian.bank.reward.draws.actions import requests
from canglian.bank.reward.draws.api import DrawWinPath
from canglian.bank.reward.draws.commands import ClaimPrize, HandOverPrize
from canglian.bank.reward.draws.model import DrawWin
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form
from canglian.web.principal import Permission

CLAIM = Action(
    command=ClaimPrize,
    name="claim",
    help="Claim a prize for who has won it, into one of their wallets.",
    permission=Permission.POST,
    target=("win",),
    route=Route(
        operation_id="claimPrize",
        path="/{draw_win:str}/claim",
        response=DrawWin,
        body="ClaimPrizeRequest",
        body_help="A wallet of who has won.",
    ),
    resolve={"channel": requests.channel},
)
HAND_OVER = Action(
    command=HandOverPrize,
    name="hand-over",
    help="Hand goods over to who shows the code of their prize.",
    permission=Permission.POST,
    target=("win",),
    route=Route(
        operation_id="handOverPrize", path="/{draw_win:str}/handover", response=DrawWin, body=requests.HandOverRequest
    ),
    resolve={"proved": requests.proved},
    form=Form(
        title="Hand it over",
        submit="Hand it over",
        confirm="Was the prize handed over to who has shown this code?",
        unavailable=availability.handing_over,
    ),
)
WINS = Resource(
    name="draw-win",
    path="/draw-wins",
    tag="draws",
    plural="who has won",
    actions=(CLAIM, HAND_OVER),
    parameters={"draw_win": DrawWinPath},
    handlers=api.WINS,
    listing=Listing(
        read=queries.wins, filter=queries.DrawWinFilter, columns=("id", "draw", "rank", "number", "prize", "state")
    ),
    show=queries.win,
)
