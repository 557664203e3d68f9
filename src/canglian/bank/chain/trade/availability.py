"""Why something cannot be done to a contract now."""

from canglian.bank.chain.trade.commands import CollectContract
from canglian.bank.chain.trade.model import LENT, ContractState
from canglian.bank.chain.trade.queries import ContractWhole


def is_registered(shown: ContractWhole) -> bool:
    """It waits for the core company."""
    return shown.contract.state is ContractState.REGISTERED


def is_declinable(shown: ContractWhole) -> bool:
    """Nothing was lent on it yet."""
    return shown.contract.state in (ContractState.REGISTERED, ContractState.CONFIRMED)


def is_confirmed(shown: ContractWhole) -> bool:
    """The core company has confirmed it, and nothing was lent on it yet."""
    return shown.contract.state is ContractState.CONFIRMED


def is_undelivered(shown: ContractWhole) -> bool:
    """It is an order that was financed and not delivered."""
    return shown.contract.state is ContractState.FINANCED and shown.contract.is_order


def is_delivered(shown: ContractWhole) -> bool:
    """It waits for the core company to confirm the delivery."""
    return shown.contract.state is ContractState.DELIVERED


def is_kept(shown: ContractWhole) -> bool:
    """It is a purchase whose goods are not all released."""
    return shown.contract.state is ContractState.FINANCED and not shown.contract.is_order


def is_lent(shown: ContractWhole) -> bool:
    """The bank has lent on it."""
    return shown.contract.state in LENT


def collected(shown: ContractWhole) -> CollectContract:
    """It is collected, as far as the accounts have the money."""
    return CollectContract(contract=shown.contract.id)
