"""Vouchers by the day: discounts are earned; at maturity the core company pays, the bank first, or owes a loan."""

from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from canglian.bank.chain import accounts
from canglian.bank.chain.accounts import Pool, pool
from canglian.bank.chain.commands.values import VoucherId, VoucherIds
from canglian.bank.chain.model import PAYABLE, ChainMember, MoveKind, Voucher, VoucherFinancing, VoucherState
from canglian.bank.chain.rules import note, refuse_state
from canglian.bank.credit import Loan
from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.lending import fall_due, owed_of, take_back
from canglian.bank.deposit import Counterparty, move
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer

CHANNEL = "counter"
"""What the bank does by itself at the end of a day, it does at its own counter."""


class Accrued(msgspec.Struct, frozen=True):
    """What a run of discounts came to, in fen."""

    financings: int
    earned: int


class Redeemed(msgspec.Struct, frozen=True):
    """How many vouchers were paid and how many were not, and what was paid, in fen."""

    redeemed: int
    defaulted: int
    paid: int


class AccrueDiscounts(Command[Accrued], kind="chain.accrue"):
    """Earn the discounts of financed vouchers up to the business date, each day's part on its own day."""

    vouchers: VoucherIds

    def decide(self, book: Book) -> Accrued:
        book.require([(VoucherFinancing, voucher) for voucher in self.vouchers])
        days: defaultdict[date, int] = defaultdict(int)
        for voucher in self.vouchers:
            financing = book.get(VoucherFinancing, voucher)
            if financing.open:
                book.put(accrued(financing, book.today, days))
        for day, earned in sorted(days.items()):
            accounts.move(book, Pool.UNEARNED, Pool.INCOME, earned, accounts.EARNED, self.vouchers[0], on=day)
        return Accrued(len(self.vouchers), sum(days.values()))


class RedeemVouchers(Command[Redeemed], kind="chain.redeem"):
    """Pay vouchers that have matured out of their core companies' accounts, those first that the bank has financed.

    Of each its whole face is paid, or it is in default; one that is not payable any more is passed over. Rejects
    ``voucher.not_due``.
    """

    vouchers: VoucherIds

    def decide(self, book: Book) -> Redeemed:
        book.require([(Voucher, voucher) for voucher in self.vouchers])
        due = [book.get(Voucher, voucher) for voucher in dict.fromkeys(self.vouchers)]
        for voucher in due:
            if voucher.matures_on > book.today:
                book.reject("voucher.not_due", matures_on=voucher.matures_on.isoformat(), field="vouchers")
        due.sort(key=_order)
        done = [redeem(book, voucher) for voucher in due if voucher.state in PAYABLE]
        paid = [voucher.face for voucher in done if voucher.state is VoucherState.REDEEMED]
        return Redeemed(len(paid), len(done) - len(paid), sum(paid))


class CollectVoucher(Command[Voucher], kind="chain.collect"):
    """Take what a core company owes of a voucher in default out of its account after all.

    Rejects ``voucher.state``, and what the core company's account does.
    """

    voucher: VoucherId

    def decide(self, book: Book) -> Voucher:
        voucher = book.get(Voucher, self.voucher)
        if voucher.state is not VoucherState.DEFAULTED:
            refuse_state(book, voucher)
        core = book.get(ChainMember, voucher.core)
        claim = _claim(book, voucher)
        _take(book, voucher, core, 0 if claim is None else claim.owed - claim.advance)
        return _paid(book, voucher, core, Pool.DEFAULTED, claim)


class ClaimRecourse(Command[Voucher], kind="chain.claim_recourse"):
    """Take an advance back from whoever had a voucher financed with recourse, after the core company has defaulted.

    The claim on the core company is the holder's again. Rejects ``voucher.state``, ``.not_financed``,
    ``.no_recourse``, and what the holder's account does.
    """

    voucher: VoucherId

    def decide(self, book: Book) -> Voucher:
        voucher = book.get(Voucher, self.voucher)
        if voucher.state is not VoucherState.DEFAULTED:
            refuse_state(book, voucher)
        financing = book.maybe(VoucherFinancing, voucher.id)
        claim = _claim(book, voucher)
        if financing is None or not (financing.open or (claim is not None and claim.owed)):
            book.reject("voucher.not_financed", voucher=voucher.id)
        if not financing.recourse:
            book.reject("voucher.no_recourse", voucher=voucher.id)
        return _recourse(book, voucher, financing, claim)


class PayUnclaimed(Command[Voucher], kind="chain.pay_unclaimed"):
    """Pay a holder what its account did not take when the voucher was redeemed.

    Rejects ``voucher.nothing_unclaimed``, and what the holder's account does.
    """

    voucher: VoucherId

    def decide(self, book: Book) -> Voucher:
        voucher = book.get(Voucher, self.voucher)
        if not voucher.unclaimed:
            book.reject("voucher.nothing_unclaimed", voucher=voucher.id)
        holder = book.get(ChainMember, voucher.holder)
        transfer = _give(book, Pool.UNCLAIMED, holder, voucher.unclaimed, voucher.id)
        noted = note(
            book,
            voucher,
            MoveKind.PAID_OUT,
            voucher.unclaimed,
            channel=CHANNEL,
            target=holder.id,
            transfer=transfer,
        )
        return book.put(noted.replace(unclaimed=0))


def accrued(financing: VoucherFinancing, to: date, days: defaultdict[date, int]) -> VoucherFinancing:
    """A financing whose discount is earned up to a day; what each day earned goes into ``days``."""
    day, before = financing.accrued_to, financing.earned
    while day < to and before < financing.discount:
        after = financing.earned_on(day + timedelta(days=1))
        days[day] += after - before
        day, before = day + timedelta(days=1), after
    return financing.replace(accrued_to=max(to, financing.accrued_to), earned=before)


def redeem(book: Book, voucher: Voucher) -> Voucher:
    """Pay a voucher that has matured, or have it in default."""
    core = book.get(ChainMember, voucher.core)
    try:
        book.attempt(lambda world: _take(world, voucher, core))
    except Rejection as refused:
        return _defaulted(book, voucher, refused.code)
    return _paid(book, voucher, core, Pool.ACCEPTED)


class _Claim(NamedTuple):
    """An advance that became a loan of the core company: what of it is owed, with the penalty."""

    loan: Loan
    advance: int
    owed: int


def _claim(book: Book, voucher: Voucher) -> _Claim | None:
    """The loan that the advance on a voucher in default became, brought to today."""
    financing = book.maybe(VoucherFinancing, voucher.id)
    if financing is None or financing.loan is None:
        return None
    loan = owed_of(book, financing.loan)
    return _Claim(loan, financing.advance, loan.owed_in_all if loan.is_living else loan.claim)


def _take(book: Book, voucher: Voucher, core: ChainMember, more: int = 0) -> None:
    """The face of a voucher comes out of the core company's account, with what is owed beyond it."""
    move(
        book,
        payer=core.account,
        payee=pool(book, Pool.CLEARING),
        amount=voucher.face + more,
        code=accounts.COLLECTED,
        channel=CHANNEL,
        counterparty=Counterparty.BANK,
        reference=voucher.id,
    )


def _paid(book: Book, voucher: Voucher, core: ChainMember, memo: Pool, claim: _Claim | None = None) -> Voucher:
    """What the core company has paid repays the bank first, and the rest goes to the holder."""
    holder = book.get(ChainMember, voucher.holder)
    financing = book.maybe(VoucherFinancing, voucher.id)
    owed = 0
    if financing is not None and financing.open:
        owed = financing.advance
        _end(book, financing, accounts.REPAID)
    if claim is not None:
        owed = claim.advance
        if claim.owed:
            _settle(book, claim, voucher.id)
    rest, unclaimed, transfer = voucher.face - owed, 0, None
    if rest:
        try:
            transfer = book.attempt(lambda world: _give(world, Pool.CLEARING, holder, rest, voucher.id))
        except Rejection:
            accounts.move(book, Pool.CLEARING, Pool.UNCLAIMED, rest, accounts.UNCLAIMED, voucher.id)
            unclaimed = rest
    accounts.move(book, Pool.CONTRA, memo, voucher.face, accounts.ENDED, voucher.id)
    assert core.facility is not None
    assert core.product is not None
    of_loan = 0 if claim is None else claim.advance
    limits.give_back(book, book.get(Facility, core.facility), core.product, voucher.face - of_loan)
    noted = note(
        book,
        voucher,
        MoveKind.REDEEMED,
        voucher.face,
        channel=CHANNEL,
        source=core.id,
        target=holder.id if rest else None,
        transfer=transfer,
    )
    return book.put(noted.replace(state=VoucherState.REDEEMED, paid=voucher.face, unclaimed=unclaimed))


def _defaulted(book: Book, voucher: Voucher, why: str) -> Voucher:
    """The core company has not paid: the claim stays, and an advance with recourse is taken back where it can be."""
    accounts.move(book, Pool.DEFAULTED, Pool.ACCEPTED, voucher.face, accounts.DEFAULTED, voucher.id)
    noted = note(
        book,
        voucher,
        MoveKind.DEFAULTED,
        voucher.face,
        channel=CHANNEL,
        source=voucher.core,
        target=voucher.holder,
        why=why,
    )
    defaulted = book.put(noted.replace(state=VoucherState.DEFAULTED))
    financing = book.maybe(VoucherFinancing, voucher.id)
    if financing is None or not financing.open:
        return defaulted
    if financing.recourse:
        with suppress(Rejection):
            return book.attempt(lambda world: _recourse(world, defaulted, financing, None))
    _convert(book, defaulted, financing)
    return defaulted


def _recourse(book: Book, voucher: Voucher, financing: VoucherFinancing, claim: _Claim | None) -> Voucher:
    """Who had a voucher financed pays the advance back; once it is a loan, all that is owed of that."""
    member = book.get(ChainMember, financing.member)
    amount = financing.advance if claim is None else claim.owed
    taken = move(
        book,
        payer=member.account,
        payee=pool(book, Pool.CLEARING),
        amount=amount,
        code=accounts.RECOURSE,
        channel=CHANNEL,
        counterparty=Counterparty.BANK,
        reference=voucher.id,
    )
    if claim is None:
        _end(book, financing, accounts.REPAID)
    else:
        _settle(book, claim, voucher.id)
        _owe_again(book, voucher, claim.advance)
        book.put(book.get(VoucherFinancing, voucher.id).replace(loan=None))
    noted = note(book, voucher, MoveKind.RECOURSE, amount, channel=CHANNEL, source=member.id, transfer=taken.id)
    return book.put(noted)


def _owe_again(book: Book, voucher: Voucher, amount: int) -> None:
    """The core company owes the holder what the bank was repaid by them: its limit stays lower by that."""
    core = book.get(ChainMember, voucher.core)
    assert core.facility is not None
    assert core.product is not None
    facility = book.get(Facility, core.facility)
    part = facility.part_of(core.product)
    if part is not None and part.revolving:
        limits.changed(book, facility, core.product, used=amount)


def _convert(book: Book, voucher: Voucher, financing: VoucherFinancing) -> None:
    """An advance that nobody has paid back becomes a loan of the core company, overdue from today on."""
    core = book.get(ChainMember, voucher.core)
    assert core.facility is not None
    assert core.product is not None

    def pay(clearing: int, loan: str) -> Transfer:
        return accounts.take_on(book, clearing, financing.advance, accounts.CONVERTED, loan)

    loan = fall_due(
        book,
        book.get(Facility, core.facility),
        core.product,
        financing.advance,
        borrower=core.party,
        wallet=next((each.id for each in book.find(Wallet, "deposit", core.account)), None),
        pay=pay,
        channel=CHANNEL,
    )
    _end(book, financing, accounts.REPAID)
    book.put(book.get(VoucherFinancing, voucher.id).replace(loan=loan.id))


def _settle(book: Book, claim: _Claim, voucher: str) -> None:
    """What is owed of the loan is paid out of clearing."""

    def take(into: int, _: str) -> Transfer:
        return accounts.pass_on(book, into, claim.owed, accounts.REPAID, voucher)

    take_back(book, claim.loan, claim.owed, take, CHANNEL)


def _end(book: Book, financing: VoucherFinancing, code: str) -> None:
    """An advance is repaid out of clearing, and all of its discount is earned."""
    days: defaultdict[date, int] = defaultdict(int)
    ended = accrued(financing, max(book.today, financing.ends_on), days)
    for day, earned in sorted(days.items()):
        on = min(day, book.today)
        accounts.move(book, Pool.UNEARNED, Pool.INCOME, earned, accounts.EARNED, financing.voucher, on=on)
    asset = Pool.FINANCED if financing.recourse else Pool.BOUGHT
    accounts.move(book, Pool.CLEARING, asset, financing.advance, code, financing.voucher)
    book.put(ended.replace(repaid=financing.advance, open=False))


def _give(book: Book, source: Pool, holder: ChainMember, amount: int, voucher: str) -> int:
    """Pay a holder; the number of the transfer."""
    return move(
        book,
        payer=pool(book, source),
        payee=holder.account,
        amount=amount,
        code=accounts.REDEEMED,
        channel=CHANNEL,
        counterparty=Counterparty.BANK,
        reference=voucher,
    ).id


def _order(voucher: Voucher) -> tuple[str, bool, date, str]:
    """By core company, those first that the bank has financed, then the oldest."""
    return voucher.core, voucher.state is not VoucherState.FINANCED, voucher.matures_on, voucher.id
