"""Settlement's error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "calendar_year.not_found": "The year {calendar_year} is not in the business calendar yet.",
        "calendar_year.exists": "The year {calendar_year} is in the business calendar already.",
        "calendar.other_year": "{day} is no day of {year}.",
        "calendar.day_twice": "{day} is named twice.",
        "calendar.no_weekend": "{day} is no Saturday or Sunday: it is worked anyway.",
        "calendar.day_same": "{day} is that already.",
        "calendar.not_announced": "The holidays of {year} are not known to this version yet.",
        "calendar.no_business_day": "{day} is no business day; the next one is {next_day}.",
        "eod_run.not_found": "The end of {eod_run} was not started.",
        "eod_step.not_found": "The end of that day has no step {eod_step}.",
        "eod.other_day": "{date} is not the business date, which is {today}.",
        "eod.done": "The end of {date} is done.",
        "eod.interest_unfinished": "The interest of the day is not finished: an account moved each time it was read.",
        "eod.not_expired": "Its time is over, and it did not expire.",
        "eod.unbalanced": "The trial balance does not come to zero.",
        "settlement.not_found": "There is no settlement {settlement} in this book.",
        "settlement.held_already": "Merchant {merchant} is on hold already.",
        "settlement.not_held": "Merchant {merchant} is not on hold.",
        "settlement.held": "Merchant {merchant} is on hold, so nothing is paid out.",
        "settlement.other_day": "{date} is not the business date, which is {today}.",
        "settlement.superseded": "Settlement {settlement} was followed by {last}, to which it was carried over.",
        "settlement.nothing_due": "Settlement {settlement} has nothing left to pay out.",
        "settlement.no_destination": "Merchant {merchant} has no wallet or account to which {asset} is paid out.",
        "settlement.on_hold": "The merchant is on hold.",
        "settlement.merchant_suspended": "The merchant is suspended.",
        "settlement.merchant_risk": "The risk of the merchant is high.",
        "settlement.below_minimum": "It is less than the least payout of the merchant.",
        "settlement_position.not_found": "Account {settlement_position} was never settled.",
        "settlement.moved": "The account of merchant {merchant} moves while it is read.",
        "settlement.differs": "The account of merchant {merchant} has another balance than its transfers come to.",
        "calendar.unconfirmed": "The holidays around {day} are not announced yet, so it cannot be a value date.",
    }
)
