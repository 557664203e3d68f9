"""Consumption: a city's shopping season (爱购苏州), run by a bank with its merchants and the government's money.

Owns the tables season, season_theme, season_campaign, season_merchant, season_bureau and season_note. Stands on the
campaigns of ``bank.reward`` and the merchants and payments of ``bank.payment``, and is plugged in by ``CONFIG`` alone.

Promises: a merchant takes the coupons of a campaign from its joining until it has left by the published rule; a bureau
sees its own money and nothing else; what its pages add up is what its accounts in the ledger hold.
"""

from canglian.web.room_config import RoomConfig

CONFIG = RoomConfig(
    package="canglian.scenario.shopping",
    nouns={
        "season": "Shopping seasons: list, show, open; their themes and campaigns.",
        "bureau": "Bureaus that pay for campaigns: list, show, open, change.",
    },
    benchmarks={"season": "The settlement of funding shares over a million payments, against one SQL statement."},
)
