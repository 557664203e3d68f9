"""``/v1/seasons``, ``/v1/season-themes``, ``/v1/season-campaigns`` and the like: lists, and things by their ids."""

from typing import Annotated

from canglian.scenario.shopping.model import (
    Bureau,
    Season,
    SeasonCampaign,
    SeasonMerchant,
    SeasonNote,
    Theme,
)
from canglian.scenario.shopping.queries import money, parts, seasons
from canglian.scenario.shopping.queries.money import BureauFilter, BureauMoney
from canglian.scenario.shopping.queries.parts import NoteFilter, PartFilter
from canglian.scenario.shopping.queries.seasons import PlaceFilter, SeasonFilter, SeasonWhole, ThemeFilter
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

SeasonPath = Annotated[str, id_path("sea", "The season's id.")]
ThemePath = Annotated[str, id_path("thm", "The theme's id.")]
PlacePath = Annotated[str, id_path("sca", "The id of the campaign's place in the season.")]
PartPath = Annotated[str, id_path("spa", "The id of the merchant's part.")]
BureauPath = Annotated[str, id_path("bur", "The bureau's id.")]
NotePath = Annotated[str, id_path("srn", "The note's id.")]

SEASONS = (
    list_route(Season, seasons.seasons, SeasonFilter, "listSeasons", "seasons", "List shopping seasons, newest first."),
    get_route(
        "season", SeasonPath, SeasonWhole, seasons.whole, "getSeason", "A season with its themes and their campaigns."
    ),
)
THEMES = (
    list_route(
        Theme, seasons.themes, ThemeFilter, "listSeasonThemes", "season-themes", "List themes of seasons, newest first."
    ),
    get_route("season_theme", ThemePath, Theme, seasons.theme, "getSeasonTheme", "A theme of a season."),
)
PLACES = (
    list_route(
        SeasonCampaign,
        seasons.places,
        PlaceFilter,
        "listSeasonCampaigns",
        "season-campaigns",
        "List campaigns of seasons, newest first.",
    ),
    get_route(
        "season_campaign",
        PlacePath,
        SeasonCampaign,
        seasons.place,
        "getSeasonCampaign",
        "A campaign's place in a season.",
    ),
)
PARTS = (
    list_route(
        SeasonMerchant,
        parts.parts,
        PartFilter,
        "listSeasonMerchants",
        "season-merchants",
        "List merchants in campaigns of seasons, newest first.",
    ),
    get_route(
        "season_merchant", PartPath, SeasonMerchant, parts.part, "getSeasonMerchant", "A merchant's part in a campaign."
    ),
)
BUREAUS = (
    list_route(
        Bureau, money.bureaus, BureauFilter, "listSeasonBureaus", "season-bureaus", "List bureaus, newest first."
    ),
    get_route(
        "season_bureau",
        BureauPath,
        BureauMoney,
        money.whole,
        "getSeasonBureau",
        "A bureau with where its money is, by campaign.",
    ),
)
NOTES = (
    list_route(
        SeasonNote,
        parts.notes,
        NoteFilter,
        "listSeasonNotes",
        "season-notes",
        "List notes for risk about merchants of seasons, newest first.",
    ),
    get_route("season_note", NotePath, SeasonNote, parts.note, "getSeasonNote", "A note for risk about a merchant."),
)
