"""Amounts as people write them: read exactly, by Decimal, never through a float; and written again."""

import re
from decimal import Decimal

from canglian.kernel.errors import Malformed, declare

declare(
    {
        "amount.missing": "An amount is needed: write yuan such as 12.50.",
        "amount.invalid": '"{text}" is not an amount: write yuan such as 12.50.',
        "amount.too_fine": '"{text}" has more decimals than {asset} has: {scale}.',
        "amount.not_positive": 'The amount "{text}" must be greater than zero.',
        "share.invalid": '"{text}" is not a percentage: write one such as 1.35.',
        "share.too_fine": '"{text}" has more than {scale} decimals.',
    }
)

_AMOUNT = re.compile(r"¥?([0-9]{1,18}|[1-9][0-9]{0,2}(,[0-9]{3}){1,5})(\.[0-9]{1,8})?")
"""What an amount looks like: few enough digits that Decimal is exact on all of them."""

_SHARE = re.compile(r"([0-9]{1,9}|[1-9][0-9]{0,2}(,[0-9]{3}){1,2})(\.[0-9]{1,8})? ?%?")
"""What a percentage looks like."""


def minor(text: str, scale: int, asset: str, *, fen: bool = False) -> int:
    """``12.34`` with a scale of 2 as 1234; with ``fen`` the text counts minor units already.

    Signs, exponents, spaces and special numbers are refused; ``1,234.50`` may group its thousands.
    Rejects ``amount.missing``, ``amount.invalid``, ``amount.too_fine`` and ``amount.not_positive``.
    """
    units = _units(text, scale, asset, fen=fen)
    if units == 0:
        raise Malformed("amount.not_positive", text=text)
    return units


def share(text: str, scale: int) -> int:
    """A share or rate written in percent: ``1.35`` as 135 basis points (scale 2) or 13,500 millionths (scale 4).

    Rejects ``share.invalid`` and ``share.too_fine``.
    """
    if not _SHARE.fullmatch(text):
        raise Malformed("share.invalid", text=text)
    units = Decimal(text.removesuffix("%").rstrip().replace(",", "")).scaleb(scale)
    if units != units.to_integral_value():
        raise Malformed("share.too_fine", text=text, scale=scale)
    return int(units)


def limit(text: str | None, scale: int, asset: str, *, fen: bool = False) -> int | None:
    """A floor or a ceiling: an amount that may be nothing or negative; None for None and ``none``."""
    if text is None or text == "none":
        return None
    units = _units(text.removeprefix("-"), scale, asset, fen=fen)
    return -units if text.startswith("-") else units


def _units(text: str, scale: int, asset: str, *, fen: bool) -> int:
    if not text:
        raise Malformed("amount.missing")
    if not _AMOUNT.fullmatch(text):
        raise Malformed("amount.invalid", text=text)
    value = Decimal(text.replace(",", "").removeprefix("¥"))
    units = value if fen else value.scaleb(scale)
    if units != units.to_integral_value():
        raise Malformed("amount.too_fine", text=text, asset=asset, scale=0 if fen else scale)
    return int(units)


def major(units: int | None, scale: int = 2) -> str:
    """1234 with a scale of 2 as ``12.34``, thousands grouped, the sign before; nothing for None."""
    if units is None:
        return ""
    whole, rest = divmod(abs(units), 10**scale)
    decimals = f".{rest:0{scale}d}" if scale else ""
    return f"{'-' if units < 0 else ''}{whole:,}{decimals}"
