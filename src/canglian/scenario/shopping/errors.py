"""The error codes of shopping seasons. None of their fields ever holds personal data."""

from canglian.kernel.errors import declare

declare(
    {
        "season.not_found": "There is no season {season} in this book.",
        "season.exists": "There is already a season {season}.",
        "season.dates": "It ends on the day on which it begins, or later.",
        "season.malls": "Each mall of a season has a code of its own.",
        "season_theme.not_found": "There is no theme {season_theme} in this book.",
        "season_theme.exists": "There is already a theme {season_theme}.",
        "season_theme.dates": "The theme lies in its season, from {starts_on} to {ends_on}.",
        "season_theme.mall_unknown": "The season has no mall {mall}.",
        "season_campaign.not_found": "There is no campaign {season_campaign} in any season of this book.",
        "season_campaign.exists": "There is already a campaign {season_campaign} in a season.",
        "season_campaign.taken": "This campaign is in a season already.",
        "season_campaign.window": "Its coupons are claimed while the theme is on, from {starts_on} to {ends_on}.",
        "season_campaign.drafted": "Merchants join a campaign only where it was a draft when it came into the season.",
        "season_campaign.everybody": "All merchants that fit are in this campaign; nobody joins it.",
        "season_campaign.over": "The time of this campaign is over.",
        "season_merchant.not_found": "There is no part {season_merchant} of a merchant in this book.",
        "season_merchant.exists": "There is already a part {season_merchant} of a merchant.",
        "season_merchant.state": "The merchant is {state} in this campaign.",
        "season_merchant.unfit": "The coupons of this campaign are for other kinds of merchants.",
        "season_merchant.district": "The theme is on in other districts.",
        "season_merchant.mall": "The theme is not on in this mall.",
        "season_merchant.risk": "The bank has to look at this merchant first.",
        "season_bureau.not_found": "There is no bureau {season_bureau} in this book.",
        "season_bureau.exists": "There is already a bureau {season_bureau}.",
        "season_note.not_found": "There is no note {season_note} in this book.",
        "season_note.exists": "There is already a note {season_note}.",
        "season_note.state": "Somebody has looked at this note: it is {state}.",
        "season_note.open": "There is an open note about this merchant already.",
    }
)
