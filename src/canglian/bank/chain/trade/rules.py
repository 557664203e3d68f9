"""What every use case of contracts shares: the state and kind that it asks for, and that something was done."""

from typing import Any

from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.rules import sign
from canglian.bank.chain.trade.model import ContractKind, ContractState, TradeContract
from canglian.ledger.book import Book


def require(book: Book, identity: str, *states: ContractState, kind: ContractKind | None = None) -> TradeContract:
    """A contract of a kind in one of some states. Rejects ``trade_contract.kind_*`` and ``.state``."""
    contract = book.get(TradeContract, identity)
    if kind is not None and contract.kind is not kind:
        book.reject(f"trade_contract.kind_{contract.kind.value}", trade_contract=contract.id)
    if contract.state not in states:
        book.reject("trade_contract.state", trade_contract=contract.id, state=contract.state.value)
    return contract


def sign_core(book: Book, contract: TradeContract, channel: str, wallet: str | None, pin: int | None) -> None:
    """The core company signs."""
    sign(book, book.get(ChainMember, contract.core), channel, wallet, pin)


def sign_partner(book: Book, contract: TradeContract, channel: str, wallet: str | None, pin: int | None) -> None:
    """The supplier or dealer signs."""
    sign(book, book.get(ChainMember, contract.partner), channel, wallet, pin)


def become(book: Book, contract: TradeContract, state: ContractState, amount: int, **changes: Any) -> TradeContract:
    """A contract after a step over an amount."""
    book.emit(f"trade_contract.{state.value}", f"trade_contract:{contract.id}", contract=contract.id, amount=amount)
    return book.put(contract.replace(state=state, updated_at=book.now, **changes))
