"""Refusals of chain finance in words: the state of a voucher by its own name, faces and totals as money."""

from collections.abc import Mapping
from typing import Any

from canglian.kernel.errors import CODES, readable
from canglian.web.error_text import Formatter, Say, register_format

_MONEY = ("face", "total")


def _state(family: str, code: str) -> Formatter:
    def shown(fields: Mapping[str, Any], say: Say) -> tuple[str, dict[str, Any]]:
        return CODES[code], {**fields, "state": say(f"{family}.{fields['state']}")}

    return shown


def _money(code: str) -> Formatter:
    def shown(fields: Mapping[str, Any], _: Say) -> tuple[str, dict[str, Any]]:
        return CODES[code], {
            name: readable(value, fields["asset"]) if name in _MONEY else value for name, value in fields.items()
        }

    return shown


register_format("voucher.state", _state("voucher_state", "voucher.state"))
register_format("trade_contract.state", _state("contract_state", "trade_contract.state"))
for _code in ("trade_contract.amount_other", "voucher.invoice_small", "voucher.parts_sum", "voucher.too_much"):
    register_format(_code, _money(_code))
