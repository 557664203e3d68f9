"""Chain finance of the demo: a cooperative, its suppliers, a dealer, vouchers in every state, and orders."""

from datetime import timedelta
from typing import Any

import msgspec

from canglian.bank.chain.commands import (
    AcceptVoucher,
    DeclineVoucher,
    EnrolCore,
    EnrolSupplier,
    FinanceVoucher,
    FreezeVoucher,
    IssueVoucher,
    SplitVoucher,
    TransferVoucher,
)
from canglian.bank.chain.model import ChainMember, Voucher
from canglian.bank.chain.trade.commands import ConfirmContract, DeliverOrder, FinanceContract, RegisterContract
from canglian.bank.chain.trade.model import TradeContract
from canglian.bank.credit.applications.commands import (
    ApproveApplication,
    AskSigningCode,
    SignApplication,
    SubmitApplication,
)
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication, Trade
from canglian.bank.credit.applications.signing import code_of, index_of
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.credit.products.model import RepaymentMethod
from canglian.bank.deposit import ProductClass
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.party.queries import parties
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
_LAST = "chain:done"
_YUAN = 100
_LIMIT = 2_000_000 * _YUAN

_PRODUCT = SetLoanProduct(
    code="loan.chain",
    name="供应链承兑",
    rate_ppm=42_000,
    method=RepaymentMethod.BULLET,
    terms=[3, 6, 12],
    amount_min=100 * _YUAN,
    amount_max=5_000_000 * _YUAN,
    note="2026年第2次产品会",
)
DEALER = 4
"""The place of the dealer among the members."""

NAMES = (_PRODUCT.name,)
"""What the product of the demo is called; English has a name of its own."""


async def fill(services: Services, book: int) -> None:
    """Let a chain begin, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    members = await filling.members()
    if len(members) >= 4:
        await filling.vouchers(members)
        await filling.contracts(members)
    await filling.ask(_LAST, _closed())


def _closed() -> SetLoanProduct:
    """Nobody else applies for what is made for one core company."""
    return msgspec.structs.replace(_PRODUCT, active=False, note="仅限核心企业，不对外受理")


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book
        self._invoices = 0
        self._orders = 0

    async def ask(self, key: str, command: Command[Any], actor: str = ACTOR) -> Any:
        """The result of a command that is done once."""
        named = key if key == _LAST else f"chain:{key}"
        return await self._services.engine.execute(self._book, command, actor=actor, key=named)

    async def members(self) -> list[ChainMember]:
        """The core company, two suppliers of its own, one of theirs, and a dealer: people who can sign in on phones."""
        asked = DepositFilter(product_class=ProductClass.CORPORATE, stopped=False)
        companies = await self._accounts(asked)
        people = await self._people()
        if len(companies) < 3 or not people:
            return []
        core_account = max(await self._signing(companies) or companies, key=lambda each: each.available)
        own = [each for each in companies if each.id != core_account.id][:2]
        await self.ask("product", _PRODUCT)
        facility = await self._signed(core_account.party or "")
        enrol = EnrolCore(
            party=core_account.party or "", account=core_account.id, facility=facility, product=_PRODUCT.code
        )
        core: ChainMember = await self.ask("core", enrol)
        found = [core]
        others = [(each.party or "", each.id, 1) for each in own]
        others += [(party, account, 2 - place) for place, (party, account) in enumerate(people)]
        for turn, (party, account, tier) in enumerate(others):
            dealer = turn == DEALER - 1
            supplier = EnrolSupplier(core=core.id, party=party, account=account, tier=tier, dealer=dealer)
            found.append(await self.ask(f"supplier-{turn}", supplier))
        return found

    async def _accounts(self, asked: DepositFilter) -> list[DepositView]:
        page = await accounts.accounts(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        return [each for each in page.items if each.party]

    async def _signing(self, companies: list[DepositView]) -> list[DepositView]:
        """The companies whose representative has a wallet to sign with on a phone."""
        found: list[DepositView] = []
        for company in companies:
            representative = (
                await parties.party(self._services.reader, self._book, company.party or "")
            ).representative
            if representative is not None:
                asked = WalletFilter(state=WalletState.ACTIVE, party=representative)
                page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, 1))
                found += [company] if page.items else []
        return found

    async def _people(self) -> list[tuple[str, str]]:
        """People with an e-wallet of today, the oldest first, each with the account of it."""
        today = (await book_figures(self._services.reader, self._book)).today
        asked = WalletFilter(state=WalletState.ACTIVE, product="wallet.ewallet", first_date=today)
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        return [(each.party, each.deposit) for each in page.items if each.party and each.deposit][:2]

    async def _signed(self, party: str) -> str:
        """The facility of the core company, by an application that was approved and signed."""
        asked = SubmitApplication(
            party=party,
            product=_PRODUCT.code,
            amount=_LIMIT,
            months=12,
            purpose="承兑供应商应收账款凭证",
            monthly_income=1_000_000 * _YUAN,
            trade=Trade.SOLAR,
            channel=COUNTER,
        )
        application: CreditApplication = await self.ask("apply", asked)
        if application.state is not ApplicationState.OFFERED:
            approve = ApproveApplication(application=application.id, limit=_LIMIT, reason="核心企业，经贷审会同意")
            application = await self.ask("approve", approve, "system:committee")
        keyring = self._services.keyring
        code = index_of(keyring, self._book, application.id, code_of(keyring, self._book, application.id, 1))
        await self.ask("code", AskSigningCode(application=application.id, code=code, number=1))
        signing = SignApplication(application=application.id, code=code, text_hash=application.text_hash or "")
        return (await self.ask("sign", signing)).application.facility

    async def vouchers(self, members: list[ChainMember]) -> None:
        """A voucher in every state; those that are redeemed or in default mature while the demo lives its days."""
        first, second, third = members[1], members[2], members[3]
        await self._issue("issued", members, first, 36_000, 90)
        await self.ask(
            "decline",
            DeclineVoucher(
                voucher=(await self._issue("declined", members, second, 12_000, 60)).id,
                reason="到货数量与发票不符",
                channel=COUNTER,
            ),
        )
        await self._accepted("accepted", members, first, 50_000, 120)
        split = await self._accepted("split", members, first, 80_000, 150)
        await self.ask(
            "splitting",
            SplitVoucher(voucher=split.id, parts=[30_000 * _YUAN, 30_000 * _YUAN, 20_000 * _YUAN], channel=COUNTER),
        )
        moved = await self._accepted("transferred", members, first, 60_000, 150)
        await self.ask(
            "transferring",
            TransferVoucher(voucher=moved.id, new_holder=third.id, amount=25_000 * _YUAN, channel=COUNTER),
        )
        financed = await self._accepted("financed", members, second, 100_000, 170)
        await self.ask(
            "financing", FinanceVoucher(voucher=financed.id, amount=40_000 * _YUAN, channel=COUNTER, recourse=False)
        )
        frozen = await self._accepted("frozen", members, second, 18_000, 100)
        await self.ask("freezing", FreezeVoucher(voucher=frozen.id, reason="贸易背景核查"))
        await self._accepted("redeemed", members, third, 8_000, 1)
        late = await self._accepted("defaulted", members, second, 900_000, 1)
        unpaid = FinanceVoucher(voucher=late.id, amount=20_000 * _YUAN, channel=COUNTER, recourse=False)
        await self.ask("late-financing", unpaid)

    async def contracts(self, members: list[ChainMember]) -> None:
        """An order to confirm, one whose delivery is to be confirmed, and what a dealer may borrow on."""
        await self._registered("order-new", members[0], members[2], 150_000)
        order = await self._confirmed("order-lent", members[0], members[1], 200_000)
        await self.ask("lending", FinanceContract(contract=order.id, months=3, channel=COUNTER))
        delivery = DeliverOrder(
            contract=order.id,
            seller=order.partner,
            buyer=order.core,
            delivery_digest="d" * 64,
            invoice_number="2633" + "9" * 16,
            invoice_total=order.amount,
            invoice_dated=order.dated,
            invoice_digest="e" * 64,
            channel=COUNTER,
        )
        await self.ask("delivering", delivery)
        if len(members) > DEALER:
            await self._confirmed("purchase", members[0], members[DEALER], 1_000)

    async def _registered(self, key: str, core: ChainMember, partner: ChainMember, yuan: int) -> TradeContract:
        today = (await book_figures(self._services.reader, self._book)).today
        self._orders += 1
        asked = RegisterContract(
            core=core.id,
            partner=partner.id,
            number=f"PO-2026-{self._orders:04d}",
            amount=yuan * _YUAN,
            dated=today,
            deliver_by=today + timedelta(days=45),
            digest=f"{self._orders + 1000:064x}",
            channel=COUNTER,
        )
        return await self.ask(f"register-{key}", asked)

    async def _confirmed(self, key: str, core: ChainMember, partner: ChainMember, yuan: int) -> TradeContract:
        contract = await self._registered(key, core, partner, yuan)
        return await self.ask(f"confirm-{key}", ConfirmContract(contract=contract.id, channel=COUNTER))

    async def _issue(
        self, key: str, members: list[ChainMember], supplier: ChainMember, yuan: int, days: int
    ) -> Voucher:
        today = (await book_figures(self._services.reader, self._book)).today
        self._invoices += 1
        asked = IssueVoucher(
            core=members[0].id,
            supplier=supplier.id,
            face=yuan * _YUAN,
            matures_on=today + timedelta(days=days),
            invoice_number=f"2633{self._invoices:016d}",
            invoice_total=yuan * _YUAN,
            invoice_dated=today - timedelta(days=3),
            invoice_digest=f"{self._invoices:064x}",
            channel=COUNTER,
        )
        return await self.ask(f"issue-{key}", asked)

    async def _accepted(
        self, key: str, members: list[ChainMember], supplier: ChainMember, yuan: int, days: int
    ) -> Voucher:
        voucher = await self._issue(key, members, supplier, yuan, days)
        return await self.ask(f"accept-{key}", AcceptVoucher(voucher=voucher.id, channel=COUNTER))
