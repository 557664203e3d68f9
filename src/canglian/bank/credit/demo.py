"""Credit of the demo: products, people who have a limit and draw, applications that wait for somebody's decision."""

from typing import Any

from canglian.bank.credit.applications.commands import (
    ApproveApplication,
    AskSigningCode,
    SignApplication,
    SubmitApplication,
)
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication, Trade
from canglian.bank.credit.applications.signing import age_of, code_of, index_of
from canglian.bank.credit.facilities.commands import HoldLimit
from canglian.bank.credit.facilities.model import LimitHold
from canglian.bank.credit.loans.commands import DrawLoan
from canglian.bank.credit.pay_later.commands import CaptureBill
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.credit.products.model import AllocationOrder, LoanAsset, RepaymentMethod
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
_LAST = "credit:done"

FARM = SetLoanProduct(
    code="loan.farm",
    name="惠农贷",
    rate_ppm=43_500,
    terms=[3, 6, 12],
    amount_min=100_00,
    amount_max=200_000_00,
    grace_days=3,
    note="2026年第1次产品会",
)
_SHOP = SetLoanProduct(
    code="loan.shop",
    name="商户贷",
    asset=LoanAsset.ECNY,
    rate_ppm=56_000,
    method=RepaymentMethod.INTEREST_ONLY,
    terms=[1, 3, 6],
    amount_min=100_00,
    amount_max=100_000_00,
    fee_bps=20,
    allocation=AllocationOrder.INTEREST_FIRST,
    note="2026年第1次产品会",
)
_CARE = SetLoanProduct(
    code="loan.care",
    name="安心付",
    rate_ppm=60_000,
    terms=[3, 6, 12],
    amount_min=100_00,
    amount_max=20_000_00,
    fee_bps=50,
    grace_days=3,
    due_days=30,
    note="2026年第2次产品会",
)
STOCK = SetLoanProduct(
    code="loan.stock",
    name="备货贷",
    rate_ppm=51_000,
    method=RepaymentMethod.EQUAL_PRINCIPAL,
    terms=[6, 12],
    amount_min=1_000_00,
    amount_max=100_000_00,
    fee_bps=20,
    note="2025年第3次产品会",
)
NAMES = tuple(product.name for product in (FARM, STOCK, _SHOP, _CARE))
"""What the products of the demo are called; English has names of its own."""

_ASKED = (
    (30_000_00, 12, "买化肥和种子", Trade.FARMING, 8_000_00, 10_000_00),
    (20_000_00, 6, "翻修大棚", Trade.FARMING, 6_000_00, 5_000_00),
    (80_000_00, 12, "购置冷链车", Trade.SHOP, 15_000_00, 0),
    (50_000_00, 12, "扩大店面", Trade.SHOP, 2_000_00, 0),
)
"""Amount, term, purpose, trade, income, and what is drawn at once."""

_VISITS = (("门诊费用", 1_000_00, 733_19), ("复诊与药费", 500_00, 286_40))
"""What limits of pay-later have paid: what for, what was held, and what was captured of it."""


async def fill(services: Services, book: int) -> None:
    """Lend, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = Filling(services, book)
    await filling.ask("farm", FARM)
    people = await filling.people()
    for turn, (person, row) in enumerate(zip(people, _ASKED, strict=False)):
        await filling.lend(turn, person, row)
    await filling.ask("care", _CARE)
    if len(people) > 1:
        await filling.pay_later(people[0], people[-1])
    await filling.ask(_LAST, _SHOP)


class Filling:
    """Lending in a book of the demo; each command is done once."""

    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book

    async def ask(self, key: str, command: Command[Any], actor: str = ACTOR) -> Any:
        """The result of a command that is done once."""
        named = key if key == _LAST else f"credit:{key}"
        return await self._services.engine.execute(self._book, command, actor=actor, key=named)

    async def lend(self, turn: int, person: WalletView, row: tuple[int, int, str, Trade, int, int]) -> None:
        """Somebody applies; where the rules say yes, they sign and draw."""
        amount, months, purpose, trade, income, drawn = row
        facility = await self.sign(str(turn), FARM.code, person.party or "", (amount, months, purpose, trade, income))
        if facility is None:
            return
        drawing = DrawLoan(
            facility=facility, product=FARM.code, amount=drawn, months=months, wallet=person.id, channel=COUNTER
        )
        try:
            await self.ask(f"draw-{turn}", drawing)
        except Rejection:  # the wallet takes nothing at the moment: they draw when it does
            return

    async def pay_later(self, person: WalletView, payee: WalletView) -> None:
        """A limit of somebody pays for two visits."""
        facility = await self.sign(
            "care", _CARE.code, person.party or "", (5_000_00, 3, "看病就医", Trade.FARMING, 8_000_00)
        )
        for note, held, spent in _VISITS if facility is not None else ():
            holding = HoldLimit(facility=facility or "", product=_CARE.code, amount=held, note=note)
            hold: LimitHold = await self.ask(f"hold-{spent}", holding)
            bill = CaptureBill(limit_hold=hold.id, amount=spent, payee=payee.id, wallet=person.id, channel=COUNTER)
            await self.ask(f"capture-{spent}", bill)

    async def sign(
        self, turn: str, product: str, party: str, asked: tuple[int, int, str, Trade, int], by: str | None = None
    ) -> str | None:
        """The facility of somebody who has applied and signed; what the rules leave to a person is that one's to do."""
        amount, months, purpose, trade, income = asked
        application: CreditApplication = await self.ask(
            f"apply-{turn}",
            SubmitApplication(
                party=party,
                product=product,
                amount=amount,
                months=months,
                purpose=purpose,
                monthly_income=income,
                monthly_debt=2_000_00,
                trade=trade,
                channel="mobile",
                age=await age_of(self._services, self._book, party),
            ),
        )
        if by is not None and application.state is ApplicationState.SUBMITTED:
            approval = ApproveApplication(application=application.id, limit=amount, reason="情况属实")
            application = await self.ask(f"approve-{turn}", approval, by)
        if application.state is not ApplicationState.OFFERED:
            return None
        typed = code_of(self._services.keyring, self._book, application.id, 1)
        code = index_of(self._services.keyring, self._book, application.id, typed)
        await self.ask(f"code-{turn}", AskSigningCode(application=application.id, code=code, number=1))
        signing = SignApplication(application=application.id, code=code, text_hash=application.text_hash or "")
        return (await self.ask(f"sign-{turn}", signing)).application.facility

    async def people(self) -> list[WalletView]:
        """Some e-wallets of people, opened since the demo began, the oldest first, one of each person."""
        today = (await book_figures(self._services.reader, self._book)).today
        asked = WalletFilter(state=WalletState.ACTIVE, first_date=today)
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        able = [each for each in page.items if each.asset == "CNY" and each.parent is None and each.party]
        return list({each.party: each for each in able}.values())[: len(_ASKED)]
