"""Order finance and dealer finance: orders and purchases that the bank finances against a core company's limit.

Owns the tables trade_contract and trade_number. Promises: an order or purchase of a core company is financed once in
the whole book, by a contract or by vouchers for its invoices; the limit of a core company covers what it accepted and
what was lent against it together.
"""

from canglian.bank.chain.trade.model import ContractKind, ContractState, TradeContract, TradeNumber

__all__ = ["ContractKind", "ContractState", "TradeContract", "TradeNumber"]
