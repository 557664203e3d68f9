"""Examples of bodies, links, and what the tag is about, for the API's description. Everybody in them is made up."""

from typing import Any

_NOTHING = "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "OpenSeason": {
        "name": "爱购苏州 2098 春",
        "starts_on": "2098-03-01",
        "ends_on": "2098-05-31",
        "malls": [{"code": "guanqian", "name": "观前街", "region": "320508"}],
    },
    "AddThemeRequest": {
        "name": "春季品茗",
        "summary": "茶叶茶社满减",
        "starts_on": "2098-03-20",
        "ends_on": "2098-04-20",
        "malls": ["guanqian"],
    },
    "CopySeasonRequest": {"name": "爱购苏州 2099 春"},
    "ThemeChange": {"summary": "茶叶茶社，满 100 减 25"},
    "AddCampaignRequest": {"campaign": f"cmp_{_NOTHING}", "joining": "open", "leave_days": 7},
    "InviteMerchantRequest": {"merchant": f"mer_{_NOTHING}"},
    "JoinCampaignRequest": {"merchant": f"mer_{_NOTHING}", "mall": "guanqian"},
    "OpenBureau": {"name": "商务局", "wallets": [f"wal_{_NOTHING}"], "logins": ["visitor"]},
    "BureauChange": {"logins": ["visitor"]},
}
"""An example by the name of the body's schema."""

TAGS = {"shopping seasons": "Shopping seasons: themes, campaigns, the merchants and bureaus that take part."}

LINKS: dict[str, dict[str, str]] = {
    "openSeason": {"getSeason": "season", "addSeasonTheme": "season"},
    "openSeasonBureau": {"getSeasonBureau": "season_bureau"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
