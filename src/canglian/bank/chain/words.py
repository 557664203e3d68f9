"""The machine words of chain finance that people read."""

from canglian.bank.chain import accounts
from canglian.bank.chain.model import MoveKind, VoucherState
from canglian.bank.chain.trade.model import ContractKind, ContractState

CODES = accounts.CODES

EVENTS = (
    *(f"voucher.{kind.value}" for kind in MoveKind),
    *(f"trade_contract.{state.value}" for state in ContractState),
)
"""Events whose names are put together where they are emitted."""

FAMILIES = {
    "state": (VoucherState, ContractState),
    "voucher_state": (VoucherState,),
    "voucher_move": (MoveKind,),
    "contract_state": (ContractState,),
    "contract_kind": (ContractKind,),
}
"""The enums that pages show, by their family of words."""
