"""A voucher stands still, or goes on: one person asks for it, and a second one approves."""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.chain.commands.values import VoucherId
from canglian.bank.chain.model import PAYABLE, ChainMember, MoveKind, Voucher, VoucherState
from canglian.bank.chain.rules import note, refuse_state
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book


class FreezeVoucher(Command[Voucher], kind="chain.freeze"):
    """Freeze a voucher: nobody splits, transfers or finances it, and it is not paid until it is unfrozen.

    Rejects ``voucher.state``.
    """

    voucher: VoucherId
    reason: Reason

    def decide(self, book: Book) -> Voucher:
        voucher = book.get(Voucher, self.voucher)
        if voucher.state not in PAYABLE:
            refuse_state(book, voucher)
        noted = note(book, voucher, MoveKind.FROZEN, voucher.face, channel="counter", why=self.reason)
        return book.put(noted.replace(state=VoucherState.FROZEN, frozen_from=voucher.state, reason=self.reason))


class UnfreezeVoucher(Command[Voucher], kind="chain.unfreeze"):
    """Unfreeze a voucher: it is what it was; one that has matured is paid at the end of the day.

    Rejects ``voucher.state``.
    """

    voucher: VoucherId
    reason: Reason

    def decide(self, book: Book) -> Voucher:
        voucher = book.get(Voucher, self.voucher)
        if voucher.state is not VoucherState.FROZEN or voucher.frozen_from is None:
            refuse_state(book, voucher)
        noted = note(book, voucher, MoveKind.UNFROZEN, voucher.face, channel="counter", why=self.reason)
        return book.put(noted.replace(state=voucher.frozen_from, frozen_from=None, reason=self.reason))


def _describe(book: Book, command: FreezeVoucher | UnfreezeVoucher) -> Description:
    voucher = book.get(Voucher, command.voucher)
    facts = [
        Fact("Voucher", "code", voucher.number),
        Fact("Holder", "holder", book.get(ChainMember, voucher.holder).party),
        Fact("Core company", "holder", book.get(ChainMember, voucher.core).party),
        Fact("Face", "money", voucher.face, asset="CNY"),
        Fact("State", "words", f"voucher_state.{voucher.state.value}", watched=True),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"voucher:{voucher.id}", facts, voucher.face, "CNY")


def _matter(command: FreezeVoucher | UnfreezeVoucher) -> str:
    return f"voucher:{command.voucher}"


def _outcome(voucher: Voucher) -> str:
    return f"voucher:{voucher.id}"


for _kind, _title in ((FreezeVoucher, "Freeze a voucher"), (UnfreezeVoucher, "Unfreeze a voucher")):
    approvable(Approvable(_kind, _title, _describe, outcome=_outcome, reason="reason", always=True, matter=_matter))
