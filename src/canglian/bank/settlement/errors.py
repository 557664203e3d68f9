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
        "calendar.unconfirmed": "The holidays around {day} are not announced yet, so it cannot be a value date.",
    }
)
