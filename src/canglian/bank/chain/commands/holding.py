"""What the holder of a voucher does with it: splits it, transfers it along the chain, has the bank finance it."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.chain import accounts
from canglian.bank.chain.accounts import Pool, pool
from canglian.bank.chain.commands.values import Channel, MemberId, Part, Pin, Signer, VoucherId
from canglian.bank.chain.model import ChainMember, MoveKind, Voucher, VoucherFinancing, VoucherState, quote
from canglian.bank.chain.rules import cut, note, part_of, require_held, sign
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.deposit import Counterparty, move
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

PARTS_MAX = 20

Some = Annotated[
    Amount | None,
    doc("The part of the face that it is about, in fen, which is split off; null for all of it."),
    Field(label="Amount", help="In yuan; empty for all of it."),
]


class SplitVoucher(Command[Voucher], kind="chain.split"):
    """Split a voucher into parts, which sum up to its face.

    Rejects ``voucher.state``, ``.matured``, ``.parts_few``, ``.parts_sum``, ``.deep``, and what signing does.
    """

    voucher: VoucherId
    parts: Annotated[
        list[Part],
        Meta(max_length=PARTS_MAX, description="The faces of the parts, in fen: together the voucher's own."),
        Field(label="Parts", help="The faces of the parts, which sum up to the voucher's own."),
    ]
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> Voucher:
        voucher = require_held(book, self.voucher)
        sign(book, book.get(ChainMember, voucher.holder), self.channel, self.wallet, self.pin)
        cut(book, voucher, self.parts, self.channel)
        return book.get(Voucher, voucher.id)


class TransferVoucher(Command[Voucher], kind="chain.transfer"):
    """Transfer a voucher, or a part of it that is split off, to another supplier of the chain; that voucher.

    Rejects ``voucher.state``, ``.matured``, ``.too_much``, ``.deep``, ``.holder_same``, ``.to_core``,
    ``chain_member.other_chain``, and what signing does.
    """

    voucher: VoucherId
    new_holder: Annotated[MemberId, doc("The member that gets it."), Field(label="Given to")]
    channel: Channel
    amount: Some = None
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> Voucher:
        voucher = require_held(book, self.voucher)
        holder = book.get(ChainMember, voucher.holder)
        sign(book, holder, self.channel, self.wallet, self.pin)
        target = book.get(ChainMember, self.new_holder)
        if target.id == holder.id:
            book.reject("voucher.holder_same", voucher=voucher.id, field="new_holder")
        if target.chain != voucher.core:
            book.reject("chain_member.other_chain", chain_member=target.id, field="new_holder")
        if target.is_core:
            book.reject("voucher.to_core", field="new_holder")
        if target.dealer:
            book.reject("chain_member.dealer", chain_member=target.id, field="new_holder")
        part = part_of(book, voucher, self.amount, self.channel)
        noted = note(
            book,
            part,
            MoveKind.TRANSFERRED,
            part.face,
            channel=self.channel,
            source=holder.id,
            target=target.id,
        )
        return book.put(noted.replace(state=VoucherState.TRANSFERRED, holder=target.id))


class FinanceVoucher(Command[VoucherFinancing], kind="chain.finance"):
    """Finance a voucher, or a part of it that is split off: the advance less its discount is paid out at once.

    At maturity the core company's payment repays the advance first. ``recourse`` says whether the holder pays it back
    where the core company does not. Rejects ``voucher.state``, ``.matured``, ``.too_much``, ``.deep``, ``.small``,
    what the holder's account does, and what signing does.
    """

    voucher: VoucherId
    channel: Channel
    amount: Some = None
    recourse: Annotated[
        bool,
        doc("Whether the holder pays the advance back where the core company does not."),
        Field(label="With recourse", help="The holder pays the advance back where the core company does not."),
    ] = True
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> VoucherFinancing:
        voucher = require_held(book, self.voucher)
        holder, core = book.get(ChainMember, voucher.holder), book.get(ChainMember, voucher.core)
        sign(book, holder, self.channel, self.wallet, self.pin)
        part = part_of(book, voucher, self.amount, self.channel)
        offered = quote(part.face, core.advance_bps, rate_of(book, core), book.today, part.matures_on)
        if offered.paid_out <= 0:
            book.reject("voucher.small", field="amount")
        asset = Pool.FINANCED if self.recourse else Pool.BOUGHT
        accounts.move(book, asset, Pool.CLEARING, offered.advance, accounts.ADVANCED, part.id)
        accounts.move(book, Pool.CLEARING, Pool.UNEARNED, offered.discount, accounts.DISCOUNT, part.id)
        paid = move(
            book,
            payer=pool(book, Pool.CLEARING),
            payee=holder.account,
            amount=offered.paid_out,
            code=accounts.PAID_OUT,
            channel=self.channel,
            counterparty=Counterparty.BANK,
            reference=part.id,
        )
        noted = note(
            book,
            part,
            MoveKind.FINANCED,
            offered.advance,
            channel=self.channel,
            source=holder.id,
            transfer=paid.id,
        )
        book.put(noted.replace(state=VoucherState.FINANCED))
        return book.add(
            VoucherFinancing(
                voucher=part.id,
                member=holder.id,
                advance=offered.advance,
                discount=offered.discount,
                rate_ppm=offered.rate_ppm,
                recourse=self.recourse,
                begun_on=book.today,
                ends_on=part.matures_on,
                accrued_to=book.today,
                earned=0,
                repaid=0,
                open=True,
                transfer=paid.id,
                at=book.now,
            )
        )


def rate_of(book: Book, core: ChainMember) -> int:
    """The yearly rate of a core company's vouchers: that of its part of the facility."""
    assert core.facility is not None
    assert core.product is not None
    part = book.get(Facility, core.facility).part_of(core.product)
    assert part is not None
    return part.rate_ppm
