"""Borrowers of the demo who have had loans for months: on time, late, prepaid, extended, given up, and one recovered.

They live before the demo begins: the business date goes from one due date to the next, and every loan was drawn,
brought there, repaid or not by commands of its own time.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from canglian.bank.credit.applications.model import Trade
from canglian.bank.credit.demo import ACTOR, COUNTER, FARM, STOCK, Filling
from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.commands import (
    ClassifyLoan,
    DrawLoan,
    PrepayLoan,
    RecoverLoan,
    RepayLoan,
    RescheduleLoan,
    ReverseRepayment,
    WriteOffLoan,
)
from canglian.bank.credit.loans.model import Loan, LoanClass, TransactionKind
from canglian.bank.credit.loans.running import bring_loans
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.deposit.commands import AllotNumbers, MoveCash, OpenDepositAccount
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.limit import Direction
from canglian.bank.party.checks import identity_check
from canglian.bank.party.commands import AddDocument, RegisterParty, VerifyFaceToFace
from canglian.bank.party.model import DocumentKind, PartyKind
from canglian.bank.party.sealing import Sealer
from canglian.bank.wallet.commands import AllotWalletNumbers, OpenWallet
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.web.demo_names import people
from canglian.web.room import Past, Reach
from canglian.web.services import Services

_DAYS = 398
_APPROVER = "user:approver"
_HAS = 9_000_00
_RECOVERED_BEFORE = 20
_NAMES_FROM = 44
"""The customers of the demo are called by the names before."""
_BORN, _SINCE, _SEALED_ON = date(1964, 3, 1), date(2019, 5, 1), date(2025, 1, 1)
_DUE_ON = (5, 20)
"""All loans are drawn on these days of a month, and fall due on them."""


class _Story(NamedTuple):
    """A loan: how many days before the demo begins it is drawn, at the latest, and how it goes from there.

    Nothing is paid that falls due in the last ``silent`` days; what fell due before is paid on the day, or at the next
    due date where it is ``late``. ``then`` happens to it on the first due date within the last ``on`` days.
    """

    product: SetLoanProduct
    before: int
    amount: int
    months: int
    purpose: str
    silent: int = 0
    late: bool = False
    then: str = ""
    on: int = 0


_STORIES = (
    _Story(FARM, 390, 60_000_00, 12, "春耕农资"),
    _Story(FARM, 375, 24_000_00, 12, "大棚薄膜", silent=62),
    _Story(STOCK, 360, 80_000_00, 12, "年货备货", silent=240),
    _Story(FARM, 345, 36_000_00, 12, "买化肥", silent=122),
    _Story(STOCK, 330, 50_000_00, 12, "布料采购", then="prepay", on=95),
    _Story(FARM, 315, 20_000_00, 12, "鱼苗饲料", silent=190, then="lose", on=40),
    _Story(STOCK, 300, 30_000_00, 12, "水果冷藏", late=True),
    _Story(FARM, 270, 45_000_00, 12, "农机配件", silent=92),
    _Story(STOCK, 240, 66_000_00, 12, "店面备货", then="extend", on=70),
    _Story(FARM, 210, 12_000_00, 12, "秋播种子", then="part", on=60),
    _Story(FARM, 180, 18_000_00, 6, "蔬菜育苗", silent=28),
    _Story(STOCK, 150, 40_000_00, 6, "电器进货", then="reverse", on=50),
    _Story(FARM, 120, 15_000_00, 6, "果树修剪"),
    _Story(STOCK, 60, 28_000_00, 6, "冬季备货"),
)


async def _live(services: Services, book: int, reach: Reach) -> None:
    filling = Filling(services, book)
    first = await services.store.batch(book, 1)
    assert first is not None, "the book has been opened"
    past = _LivedLoans(filling, services, book, first.today + timedelta(days=_DAYS))
    for product in (FARM, STOCK):
        await filling.ask("farm" if product is FARM else "stock", product)
    for day in _due_days(first.today, past.end):
        await reach(day)
        await bring_loans(services.engine, services.reader, book)
        for turn, story in enumerate(_STORIES):
            await past.live(turn, story, day)


def _due_days(first: date, end: date) -> Iterator[date]:
    days = (first + timedelta(days=count) for count in range(1, (end - first).days))
    return (day for day in days if day.day in _DUE_ON)


class _LivedLoans:
    """The loans of the stories, each on the due date that has come."""

    def __init__(self, filling: Filling, services: Services, book: int, end: date) -> None:
        self.end = end
        self._filling = filling
        self._services = services
        self._book = book
        self._drawn: dict[int, Loan] = {}

    async def live(self, turn: int, story: _Story, day: date) -> None:
        """Draw a loan, or do what its borrower does on a due date."""
        left = (self.end - day).days
        if turn not in self._drawn:
            if left <= story.before:
                self._drawn[turn] = await self._draw(turn, story)
            return
        if day < (await self._services.store.state(self._book)).today:
            return  # an earlier run has lived it
        loan = await queries.loan(self._services.reader, self._book, self._drawn[turn].id)
        if loan.is_living and loan.owed_now and self._pays(story, loan, day):
            paying: Any = {"wallet": loan.wallet, "channel": COUNTER}
            await self._ask(turn, f"repay-{day}", RepayLoan(loan=loan.id, amount=loan.owed_now, **paying))
        if story.then and left <= story.on:
            await self._happen(turn, story.then, loan.id, left)

    def _pays(self, story: _Story, loan: Loan, day: date) -> bool:
        if loan.oldest_due is None:
            return True  # the fee
        if (self.end - loan.oldest_due).days <= story.silent:
            return False
        return not story.late or day > loan.oldest_due

    async def _happen(self, turn: int, what: str, identity: str, left: int) -> None:
        """What happens to a loan beside its instalments, once."""
        loan = await queries.loan(self._services.reader, self._book, identity)
        paying: Any = {"loan": loan.id, "wallet": loan.wallet, "channel": COUNTER}
        if what == "prepay" and loan.is_living:
            await self._ask(turn, "prepay", PrepayLoan(**paying))
        elif what == "part":
            await self._ask(turn, "part", PrepayLoan(amount=3_000_00, **paying))
        elif what == "extend":
            extend = RescheduleLoan(loan=loan.id, months_more=6, reason="销售放缓，延长还款")
            await self._ask(turn, "extend", extend, _APPROVER)
        elif what == "reverse":
            found = await queries.transactions(self._services.reader, self._book, loan.id)
            paid = [row for row in found if row.kind is TransactionKind.REPAYMENT]
            reversing = ReverseRepayment(loan=loan.id, transaction=paid[-1].id, reason="记错借款人")
            await self._ask(turn, "reverse", reversing, _APPROVER)
        elif what == "lose":
            lost = ClassifyLoan(loan=loan.id, risk_class=LoanClass.LOSS, reason="停业，无法联系")
            await self._ask(turn, "classify", lost, _APPROVER)
            await self._ask(turn, "write-off", WriteOffLoan(loan=loan.id, reason="经核查无法收回"), _APPROVER)
            if left <= _RECOVERED_BEFORE:
                await self._ask(turn, "recover", RecoverLoan(amount=2_500_00, **paying))

    async def _ask(self, turn: int, key: str, command: Any, actor: str = ACTOR) -> Any:
        return await self._filling.ask(f"past-{turn}:{key}", command, actor)

    async def _draw(self, turn: int, story: _Story) -> Loan:
        """A customer of the counter signs and draws, unless they did in an earlier run."""
        party, wallet = await self._customer(turn)
        for loan in await queries.of_party(self._services.reader, self._book, party):
            return loan
        asked = (story.amount, story.months, story.purpose, Trade.FARMING, story.amount // 4)
        facility = await self._filling.sign(f"past-{turn}", story.product.code, party, asked, _APPROVER)
        drawing = DrawLoan(
            facility=facility or "",
            product=story.product.code,
            amount=story.amount,
            months=story.months,
            wallet=wallet,
            channel=COUNTER,
        )
        return await self._ask(turn, "draw", drawing)

    async def _customer(self, turn: int) -> tuple[str, str]:
        """Somebody who was seen, and an e-wallet with some money of theirs."""
        key, name = f"past-{turn}", people(_NAMES_FROM + len(_STORIES))[_NAMES_FROM + turn]
        sealer = Sealer(self._services.keyring, _SEALED_ON, f"{ACTOR}/credit:{key}")
        digits = f"110101{_BORN + timedelta(days=403 * turn):%Y%m%d}{turn + 500:03d}"
        identity = digits + identity_check(digits)
        registering = RegisterParty(
            party_kind=PartyKind.PERSON,
            name=sealer.name(name, PartyKind.PERSON),
            number=sealer.number(identity, PartyKind.PERSON),
            mobile=sealer.mobile(f"1380014{turn:04d}"),
        )
        party: str = (await self._ask(turn, "party", registering)).id
        paper = AddDocument(
            party=party,
            document_kind=DocumentKind.IDENTITY_CARD,
            number=sealer.document(identity),
            authority="新城县公安局",
            valid_from=_SINCE,
        )
        document = await self._ask(turn, "document", paper)
        await self._ask(turn, "seen", VerifyFaceToFace(party=party, document=document.id, place="新城支行营业厅"))
        allotted = await self._ask(turn, "number", AllotNumbers())
        number = ACCOUNT_NUMBERS.allotted(
            self._services.keyring, allotted.prefix, allotted.first, f"{ACTOR}/credit:{key}"
        )
        opening = OpenDepositAccount(number=number, product="deposit.class2", channel=COUNTER, party=party)
        account: str = (await self._ask(turn, "account", opening)).id
        await self._ask(turn, "cash", MoveCash(account=account, direction=Direction.IN, amount=_HAS))
        allotted = await self._ask(turn, "wallet-number", AllotWalletNumbers())
        number = WALLET_NUMBERS.allotted(
            self._services.keyring, allotted.prefix, allotted.first, f"{ACTOR}/credit:{key}:wallet"
        )
        wallet = OpenWallet(product="wallet.ewallet", number=number, channel=COUNTER, party=party, deposit=account)
        return party, (await self._ask(turn, "wallet", wallet)).id


PAST = Past(_DAYS, _live)
"""What borrowers have done in the months before the demo begins."""
