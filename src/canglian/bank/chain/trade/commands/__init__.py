"""The use cases of contracts, imported together so that they can be decided and replayed."""

from canglian.bank.chain.trade.commands.agreeing import ConfirmContract, DeclineContract, RegisterContract
from canglian.bank.chain.trade.commands.delivering import DeliverOrder, ReceiveOrder, RefuseDelivery
from canglian.bank.chain.trade.commands.financing import FinanceContract
from canglian.bank.chain.trade.commands.repaying import CollectContract, ReleaseGoods, SettleContracts

__all__ = [
    "CollectContract",
    "ConfirmContract",
    "DeclineContract",
    "DeliverOrder",
    "FinanceContract",
    "ReceiveOrder",
    "RefuseDelivery",
    "RegisterContract",
    "ReleaseGoods",
    "SettleContracts",
]
