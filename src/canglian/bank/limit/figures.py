"""A limit as an operator types it: in yuan, or a number of movements."""

from collections.abc import Mapping

from canglian.kernel.amounts import limit
from canglian.kernel.errors import Malformed
from canglian.web.console.forms import error_at


def limit_figure(
    values: Mapping[str, str], field: str, measure: str, asset: str, scales: Mapping[str, int], *, fen: bool = False
) -> int:
    """The limit that stands at a field; with ``fen`` an amount counts minor units already.

    Rejects ``form.missing``, ``form.number`` and ``amount.*``, at its field.
    """
    text = values.get(field, "")
    with error_at(field):
        if not text:
            raise Malformed("form.missing")
        if not measure.endswith("_count"):
            return limit(text, scales.get(asset, 2), asset, fen=fen) or 0
        if not text.isdecimal() or len(text) > 15:
            raise Malformed("form.number")
        return int(text)
