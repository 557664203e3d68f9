"""One of each thing of purpose money, payments and settlement in a branch, for whoever it does not belong to."""

from datetime import date
from typing import Any

from canglian.app.opening import Opened
from canglian.bank.payment import ChannelMethod, Receiver, SourceUse, SplitClaim
from canglian.bank.payment.commands import (
    AddMerchantStaff,
    AddStore,
    AnswerChannelOrder,
    AuthoriseOrder,
    MarkChannelSent,
    OpenOrder,
    PayByChannel,
    PayOrder,
    RefundPayment,
    RegisterMerchant,
    SplitPayment,
)
from canglian.bank.payment.model import StaffRole
from canglian.bank.purpose.commands import BuyPrepaidCard, OpenPrepaidOffer
from canglian.bank.settlement.closing.running import start
from canglian.bank.settlement.reconciling.arriving import ArrivedFiles, reconcile_day
from canglian.bank.settlement.settling.commands import SetSettlementTerms
from canglian.bank.settlement.settling.running import settle_day
from canglian.kernel.queries.entities import some
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import OpenAccount, PostTransfer
from tests.bank.purpose.mobile.test_money import granted
from tests.bank.wallet.mobile.town import Resident, Town

FILE = "number,original,kind,method,amount,fee,date,at,reference\ntotal,,,,0,0,{on},,0\n"


class Things:
    """Made by ``make``: ``ids`` has the id of each, by the name that paths have for it."""

    def __init__(self, installation: Opened) -> None:
        self.town = Town(installation)
        self.services = installation.services
        self.ids: dict[str, str] = {}
        self.on = date.min
        self.owner: Resident

    async def make(self) -> None:
        """One of each."""
        self.on = (await book_figures(self.services.reader, 1)).today
        self.owner = await self.town.person("司马相如")
        self.wallet = await self.town.wallet(self.owner, "wallet.ecny2", funds=100_000)
        self.ids["wallet"] = self.wallet.id
        await self._merchants()
        await self._payments()
        await self._purpose()
        await self._settlement()

    async def _merchants(self) -> None:
        asked: dict[str, Any] = {"category": "5411", "region": "330106"}
        shop = RegisterMerchant(name="新城鲜果店", party=self.owner.party.id, **asked)
        self.shop = await self.town.do(shop)
        self.other = await self.town.do(RegisterMerchant(name="乙店", **asked))
        store = AddStore(merchant=self.shop.id, code="one", name="一号店", region="330106", address="文二路")
        self.ids |= {"merchant": self.shop.id, "store": (await self.town.do(store)).id}
        clerk = await self.town.person("诸葛小亮")
        staff = AddMerchantStaff(merchant=self.shop.id, party=clerk.party.id, role=StaffRole.CASHIER)
        self.ids["staff"] = (await self.town.do(staff)).id

    async def order(self, number: str, amount: int = 1_000) -> Any:
        """An order of the shop that waits."""
        asked = OpenOrder(merchant=self.shop.id, number=number, subject="鲜果", amount=amount)
        return await self.town.do(asked)

    async def _payments(self) -> None:
        uses = (SourceUse(item=self.wallet.id),)
        waiting, paid, held = [await self.order(f"o-{place}", 2_000) for place in (1, 2, 3)]
        payment = await self.town.do(PayOrder(order=paid.id, sources=uses, channel="counter"))
        authorised = await self.town.do(AuthoriseOrder(order=held.id, sources=uses, channel="counter"))
        receivers = (Receiver(merchant=self.other.id, amount=500),)
        await self.town.do(SplitPayment(payment=payment.id, number="s-1", receivers=receivers))
        await self._spent(500)
        back = RefundPayment(payment=payment.id, number="r-1", amount=1_000, reason="退货", channel="counter")
        refund = await self.town.do(back)
        (claim,) = await some(self.services.reader, 1, SplitClaim, "receiver", self.other.id)
        by_channel = await self.town.do(PayByChannel(order=(await self.order("o-4")).id, method=ChannelMethod.QR))
        await self.town.do(MarkChannelSent(channel_order=by_channel.id))
        await self.town.do(AnswerChannelOrder(channel_order=by_channel.id, succeeded=True, amount=1_000))
        self.ids |= {
            "payment_order": waiting.id,
            "order_code": waiting.code,
            "payment": payment.id,
            "held": authorised.id,
            "refund": refund.id,
            "split_claim": claim.id,
            "channel_order": by_channel.id,
        }

    async def _spent(self, amount: int) -> None:
        """The receiver of the share has it no more."""
        outside = await self.town.do(OpenAccount(asset="ECNY", head="3001", floor=None))
        account = self.other.accounts["ECNY"]
        await self.town.do(PostTransfer(debit=account, credit=outside.id, amount=amount, code="test.out"))

    async def _purpose(self) -> None:
        giver = await self.town.wallet(await self.town.person("王建国"), "wallet.ecny2", funds=10_000)
        contract, grant = await granted(self.town, giver, self.wallet)
        offer = await self.town.do(OpenPrepaidOffer(payee=self.shop.id, name="健身年卡"))
        buys = BuyPrepaidCard(offer=offer.id, wallet=self.wallet.id, amount=10_000, channel="counter")
        card = await self.town.do(buys)
        self.ids |= {
            "purpose_contract": contract.id,
            "purpose_grant": grant.id,
            "prepaid_offer": offer.id,
            "card": card.contract.id,
        }

    async def _settlement(self) -> None:
        await self.town.do(SetSettlementTerms(merchant=self.shop.id, cycle=0, minimum=1))
        await settle_day(self.services.engine, self.services.reader, 1, self.on)
        sql = "SELECT id FROM settlement WHERE book = $1 AND merchant = $2 LIMIT 1"
        self.ids["settlement"] = await self.services.reader.value(sql, 1, self.shop.id)
        sent = ArrivedFiles(file=FILE.format(on=self.on).encode())
        await reconcile_day(self.services, 1, self.on, "channel", sent)
        sql = "SELECT id FROM reconciliation_difference WHERE book = $1 LIMIT 1"
        self.ids["reconciliation_difference"] = await self.services.reader.value(sql, 1)
        await start(self.services, 1, self.on)
