"""Which order is financed by what: no order is financed twice, by a contract or by vouchers for its invoices."""

from canglian.bank.chain.trade.model import LENT, ContractState, TradeContract, TradeNumber
from canglian.ledger.book import Book


def take_for_contract(book: Book, core: str, number: str, contract: str) -> None:
    """A contract takes its number. Rejects ``trade_contract.number_used`` and ``.on_voucher``."""
    taken = book.maybe(TradeNumber, (core, number))
    if taken is None:
        book.add(TradeNumber(core=core, number=number, contract=contract, vouchers=0))
        return
    if taken.contract is not None:
        book.reject("trade_contract.number_used", trade_contract=taken.contract, field="number")
    if taken.vouchers:
        book.reject("trade_contract.on_voucher", field="number")
    book.put(taken.replace(contract=contract))


def take_for_voucher(book: Book, core: str, supplier: str, number: str | None) -> None:
    """A voucher's invoice is for an order that no contract has. Rejects ``voucher.order_needed``, ``.order_financed``.

    While the bank finances an order of this supplier without its documents, an invoice without a number may be its.
    """
    if number is None:
        open_ones = (ContractState.FINANCED, ContractState.DELIVERED)
        if any(each.state in open_ones and each.is_order for each in book.find(TradeContract, "partner", supplier)):
            book.reject("voucher.order_needed", field="order_number")
        return
    taken = book.maybe(TradeNumber, (core, number))
    if taken is None:
        book.add(TradeNumber(core=core, number=number, contract=None, vouchers=1))
        return
    if taken.contract is not None:
        book.reject("voucher.order_financed", trade_contract=taken.contract, field="order_number")
    book.put(taken.replace(vouchers=taken.vouchers + 1))


def free(book: Book, core: str, number: str | None) -> None:
    """A voucher for an order is none any more."""
    if number is not None:
        taken = book.get(TradeNumber, (core, number))
        book.put(taken.replace(vouchers=taken.vouchers - 1))


def free_contract(book: Book, contract: TradeContract) -> None:
    """A contract that was declined leaves its number."""
    assert contract.state not in LENT
    book.put(book.get(TradeNumber, (contract.core, contract.number)).replace(contract=None))
