"""The codes of points. None of their fields ever holds personal data."""

from canglian.kernel.errors import declare

declare(
    {
        "point_scheme.not_found": "There is no scheme of points {point_scheme} in this book.",
        "point_scheme.exists": "There is already a scheme of points {point_scheme}.",
        "point_scheme.state": "Scheme {point_scheme} is {state}.",
        "point_scheme.code_taken": "There is already an asset {asset}.",
        "point_scheme.event": "A rule for an event names it, and no other rule does.",
        "point_scheme.expiry": "Points expire after some months, at the end of a year, or never; only one of these.",
        "point_scheme.bounds": "A rule gives a person on a day no more than in all, and one no more than everybody.",
        "point_scheme.exchange": "An exchange gives an amount of money or a coupon of an offer, for so many points.",
        "point_scheme.wallet_asset": "Wallet {wallet} holds {holds}; exchanges are paid in {pays}.",
        "point_scheme.own_approval": "Somebody else than who drafted a scheme approves it.",
        "point_scheme.outstanding": "People still have {points} points of scheme {point_scheme}.",
        "point_scheme.nothing_left": "Nothing is set aside for scheme {point_scheme}.",
        "point_scheme.no_event": "No rule of this scheme is about the event {event}.",
        "point_member.not_found": "There are no points {point_member} of anybody in this book.",
        "point_member.exists": "There are points {point_member} already.",
        "point_member.short": "There are {left} points to be exchanged, and {points} are needed.",
        "point_member.bounds": "No more points are earned today, or this month.",
        "point_member.not_due": "The business date is {today}; nothing has expired yet.",
        "point_lot.not_found": "There is no lot of points {point_lot} in this book.",
        "point_lot.exists": "There is already a lot of points {point_lot}.",
        "point_lot.number_taken": "The number {number} was used for another award: {point_lot}.",
        "point_lot.no_party": "Points are awarded to people whom the bank knows; wallet {wallet} has no such holder.",
        "point_lot.points_typed": "Points are a whole number, and the number of an award has up to 120 characters.",
        "point_lot.above_alone": "More than {most} points are awarded by request alone, with a second person.",
        "point_exchange.not_found": "There is no exchange of points {point_exchange} in this book.",
        "point_exchange.exists": "There is already an exchange of points {point_exchange}.",
        "point_exchange.unknown": "This scheme has no exchange number {place}.",
        "point_exchange.wallet": "Points are exchanged to a wallet of whoever has them.",
        "point_exchange.asset": "Wallet {wallet} holds {holds}; this is paid in {pays}.",
        "point_exchange.funds": "Too little is set aside for this exchange now; your points are untouched.",
        "point_exchange.state": "Exchange {point_exchange} is {state}.",
        "point_exchange.used": "Coupon {coupon} of exchange {point_exchange} was used or has ended.",
        "point_exchange.number_taken": "The number {number} was used for another exchange: {point_exchange}.",
    }
)
