"""The machine words of this room that people read."""

from canglian.bank.purpose.moving import CODES as _CODES

CODES = tuple(_CODES.values())
"""What transfers of this room are for."""

CATEGORIES = (
    "5411",
    "5499",
    "5311",
    "5331",
    "5651",
    "5732",
    "5712",
    "5812",
    "5814",
    "5813",
    "5912",
    "8062",
    "8011",
    "8211",
    "8299",
    "5942",
    "4111",
    "4121",
    "5541",
    "4900",
    "7832",
    "7997",
    "7230",
    "7995",
)
"""Categories of ISO 18245 that have a name here; others are shown by their number."""

_NORTH = ("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43")
_SOUTH = ("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65")
PROVINCES = _NORTH + _SOUTH
"""The beginnings of the divisions of GB/T 2260."""

GOODS = ("alcohol", "tobacco")
"""Kinds of goods that have a name here."""
