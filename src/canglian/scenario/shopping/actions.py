"""What can be done in shopping seasons: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.scenario.shopping import api, availability
from canglian.scenario.shopping.commands import (
    AddCampaign,
    AddTheme,
    AdmitMerchant,
    ChangeBureau,
    ChangeTheme,
    ClearNote,
    ConfirmNote,
    CopySeason,
    DeclineMerchant,
    InviteMerchant,
    JoinCampaign,
    LeaveCampaign,
    OpenBureau,
    OpenSeason,
)
from canglian.scenario.shopping.commands.copying import CopiedSeason
from canglian.scenario.shopping.model import (
    Bureau,
    Season,
    SeasonCampaign,
    SeasonMerchant,
    SeasonNote,
    Theme,
)
from canglian.scenario.shopping.queries import money, seasons
from canglian.scenario.shopping.queries.money import BureauFilter
from canglian.scenario.shopping.queries.seasons import SeasonFilter
from canglian.scenario.shopping.typed import SeasonTyped, ThemeTyped
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission

TAG = "shopping seasons"


def _act(command: Any, name: str, help_: str, route: Route, **more: Any) -> Action:
    permission = more.pop("permission", Permission.POST)
    return Action(command=command, name=name, help=help_, permission=permission, route=route, **more)


OPEN = _act(
    OpenSeason,
    "open",
    "Open a shopping season with its malls.",
    Route(operation_id="openSeason", response=Season, status=201),
    typed=SeasonTyped,
    form=Form(title="Open a season", submit="Open the season"),
)
COPY = _act(
    CopySeason,
    "copy",
    "Open a season as another one was, in a later year: themes, campaigns as drafts, invitations.",
    Route(
        operation_id="copySeason",
        path="/{season:str}/copies",
        response=CopiedSeason,
        status=201,
        body="CopySeasonRequest",
        body_help="What the copy is called.",
    ),
    target=("season",),
    form=Form(
        title="Copy for a later year",
        submit="Copy the season",
        note="Themes and campaigns come to the same days as drafts; merchants that took part are invited.",
    ),
)
ADD_THEME = _act(
    AddTheme,
    "add-theme",
    "Add a theme to a season.",
    Route(
        operation_id="addSeasonTheme",
        path="/{season:str}/themes",
        response=Theme,
        status=201,
        body="AddThemeRequest",
        body_help="A theme with its dates and places.",
    ),
    target=("season",),
    form=Form(
        title="Add a theme",
        submit="Add the theme",
        inputs=(
            Input(name="name"),
            Input(name="summary"),
            Input(name="starts_on"),
            Input(name="ends_on"),
            Input(name="districts"),
            Input(name="malls", of="theme_malls", help="None for all malls of the season."),
        ),
    ),
)
CHANGE_THEME = _act(
    ChangeTheme,
    "change-theme",
    "Change a theme; what is left out stays.",
    Route(
        operation_id="changeSeasonTheme",
        path="/{season_theme:str}",
        method="PATCH",
        response=Theme,
        body="ThemeChange",
        body_help="What to change of a theme; what is left out stays.",
    ),
    target=("theme",),
    typed=ThemeTyped,
    form=Form(
        title="Change the theme",
        submit="Change",
        inputs=(
            Input(name="name"),
            Input(name="summary"),
            Input(name="starts_on"),
            Input(name="ends_on"),
            Input(name="districts"),
            Input(name="malls", of="theme_malls", help="None for all malls of the season."),
        ),
        note="Merchants that have joined stay; who joins from now on has to fit.",
    ),
)
ADD_CAMPAIGN = _act(
    AddCampaign,
    "add-campaign",
    "Put a campaign into a theme; where merchants join it, its coupons are taken by those alone.",
    Route(
        operation_id="addSeasonCampaign",
        path="/{season_theme:str}/campaigns",
        response=SeasonCampaign,
        status=201,
        body="AddCampaignRequest",
        body_help="Which campaign, and how merchants come into it.",
    ),
    target=("theme",),
    form=Form(
        title="Put a campaign into the theme",
        submit="Put it in",
        inputs=(Input(name="campaign", label="Campaign"), Input(name="joining", initial="open")),
        note="Campaigns that are in no season and whose claims lie in the theme can be chosen.",
    ),
)
INVITE = _act(
    InviteMerchant,
    "invite",
    "Invite a merchant to a campaign.",
    Route(
        operation_id="inviteSeasonMerchant",
        path="/{season_campaign:str}/invitations",
        response=SeasonMerchant,
        status=201,
        body="InviteMerchantRequest",
        body_help="Which merchant is invited.",
    ),
    target=("place",),
    form=Form(title="Invite a merchant", submit="Invite"),
)
JOIN = _act(
    JoinCampaign,
    "join",
    "Join a campaign for a merchant.",
    Route(
        operation_id="joinSeasonCampaign",
        path="/{season_campaign:str}/merchants",
        response=SeasonMerchant,
        status=201,
        body="JoinCampaignRequest",
        body_help="Which merchant joins, and in which mall it is.",
    ),
    target=("place",),
)
ADMIT = _act(
    AdmitMerchant,
    "admit",
    "Agree to a merchant that has asked to join.",
    Route(operation_id="admitSeasonMerchant", path="/{season_merchant:str}/admission", response=SeasonMerchant),
    target=("part",),
    form=Form(title="Agree", submit="Agree", applies=availability.is_asked),
)
DECLINE = _act(
    DeclineMerchant,
    "decline",
    "Decline a merchant that has asked to join, or take an invitation back.",
    Route(
        operation_id="declineSeasonMerchant",
        path="/{season_merchant:str}/refusal",
        response=SeasonMerchant,
        body=ReasonBody,
    ),
    target=("part",),
    form=Form(title="Decline", submit="Decline", danger=True, applies=availability.waits),
)
LEAVE = _act(
    LeaveCampaign,
    "leave",
    "Leave a campaign for a merchant, by the rule that was published.",
    Route(
        operation_id="leaveSeasonCampaign",
        path="/{season_merchant:str}/leaving",
        response=SeasonMerchant,
        body=ReasonBody,
    ),
    target=("part",),
    form=Form(
        title="Take out of the campaign",
        submit="Take it out",
        confirm="Take this merchant out? It takes the coupons for the days that were published, and then no more.",
        danger=True,
        applies=availability.is_joined,
    ),
)
OPEN_BUREAU = _act(
    OpenBureau,
    "open",
    "Enter a bureau that pays for campaigns, with its wallets and the logins that see its money.",
    Route(operation_id="openSeasonBureau", response=Bureau, status=201),
    permission=Permission.ADMINISTER,
    form=Form(title="Enter a bureau", submit="Enter the bureau"),
)
CHANGE_BUREAU = _act(
    ChangeBureau,
    "change",
    "Change a bureau; what is left out stays.",
    Route(
        operation_id="changeSeasonBureau",
        path="/{season_bureau:str}",
        method="PATCH",
        response=Bureau,
        body="BureauChange",
        body_help="What to change of a bureau; what is left out stays.",
    ),
    permission=Permission.ADMINISTER,
    target=("bureau",),
    form=Form(title="Change", submit="Change"),
)
CLEAR = _act(
    ClearNote,
    "clear",
    "Say that nothing was wrong: the merchant is settled again.",
    Route(operation_id="clearSeasonNote", path="/{season_note:str}/clearing", response=SeasonNote, body=ReasonBody),
    permission=Permission.APPROVE,
    target=("note",),
    form=Form(title="Nothing was wrong", submit="Settle it again", applies=availability.is_open),
    cli=False,
)
CONFIRM = _act(
    ConfirmNote,
    "confirm",
    "Say that it was so: the settlement stays on hold, and the merchant is of high risk.",
    Route(
        operation_id="confirmSeasonNote", path="/{season_note:str}/confirmation", response=SeasonNote, body=ReasonBody
    ),
    permission=Permission.APPROVE,
    target=("note",),
    form=Form(
        title="It was so",
        submit="Keep the hold",
        confirm="Keep the settlement on hold and see the merchant as one of high risk?",
        danger=True,
        applies=availability.is_open,
    ),
    cli=False,
)

SEASONS = Resource(
    name="season",
    path="/seasons",
    tag=TAG,
    plural="shopping seasons",
    actions=(OPEN, COPY, ADD_THEME),
    parameters={"season": api.SeasonPath},
    handlers=api.SEASONS,
    listing=Listing(read=seasons.seasons, filter=SeasonFilter, columns=("id", "name", "starts_on", "ends_on")),
    show=seasons.whole,
)
THEMES = Resource(
    name="season-theme",
    path="/season-themes",
    tag=TAG,
    actions=(CHANGE_THEME, ADD_CAMPAIGN),
    parameters={"season_theme": api.ThemePath},
    handlers=api.THEMES,
)
PLACES = Resource(
    name="season-campaign",
    path="/season-campaigns",
    tag=TAG,
    actions=(INVITE, JOIN),
    parameters={"season_campaign": api.PlacePath},
    handlers=api.PLACES,
)
PARTS = Resource(
    name="season-merchant",
    path="/season-merchants",
    tag=TAG,
    actions=(ADMIT, DECLINE, LEAVE),
    parameters={"season_merchant": api.PartPath},
    handlers=api.PARTS,
)
BUREAUS = Resource(
    name="bureau",
    path="/season-bureaus",
    tag=TAG,
    plural="bureaus",
    actions=(OPEN_BUREAU, CHANGE_BUREAU),
    parameters={"season_bureau": api.BureauPath},
    handlers=api.BUREAUS,
    listing=Listing(read=money.bureaus, filter=BureauFilter, columns=("id", "name", "opened_at")),
    show=money.whole,
)
NOTES = Resource(
    name="season-note",
    path="/season-notes",
    tag=TAG,
    actions=(CLEAR, CONFIRM),
    parameters={"season_note": api.NotePath},
    handlers=api.NOTES,
)
RESOURCES = (SEASONS, THEMES, PLACES, PARTS, BUREAUS, NOTES)
ON_PART = (ADMIT, DECLINE, LEAVE)
ON_NOTE = (CLEAR, CONFIRM)
