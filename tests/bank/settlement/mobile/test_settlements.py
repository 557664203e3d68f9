"""A merchant's settlements on its owner's phone: the sums, the entries, the files; nobody else's."""

import csv
import io

import pytest
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Phone, Resident, Town
from tests.papers import page_texts, require_typefaces

from canglian.app.opening import Opened
from canglian.bank.payment import Receiver, SourceUse, StaffRole
from canglian.bank.payment.commands import (
    AddMerchantStaff,
    OpenOrder,
    PayOrder,
    RefundPayment,
    RegisterMerchant,
    SplitPayment,
)
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.commands import SetSettlementTerms
from canglian.bank.settlement.settling.model import Settlement
from canglian.bank.settlement.settling.queries import SettlementFilter
from canglian.kernel.queries.paging import Order


class Traded:
    """A merchant whose owner has a wallet: sold for ¥60, of which ¥10 went to another merchant and ¥6 back."""

    def __init__(self, town: Town, installation: Opened) -> None:
        self.town = town
        self.services = installation.services

    async def make(self) -> "Traded":
        town = self.town
        self.owner, self.payer = await town.person(), await town.person("司徒振华")
        self.till, purse = await town.wallet(self.owner), await town.wallet(self.payer, funds=10_000)
        asked = {"category": "5411", "region": "330106"}
        other = await town.do(RegisterMerchant(name="老街面馆", **asked))
        self.shop = await town.do(
            RegisterMerchant(name="新城鲜果店", party=self.owner.party.id, payout_wallet=self.till.id, **asked)
        )
        await town.do(SetSettlementTerms(merchant=self.shop.id, cycle=0, minimum=0))
        order = await town.do(OpenOrder(merchant=self.shop.id, number="o-1", subject="苹果", amount=6_000))
        paid = await town.do(PayOrder(order=order.id, sources=(SourceUse(item=purse.id),), channel="counter"))
        receivers = (Receiver(merchant=other.id, amount=1_000),)
        await town.do(SplitPayment(payment=paid.id, number="s-1", receivers=receivers))
        await town.do(RefundPayment(payment=paid.id, number="r-1", amount=600, reason="坏了", channel="counter"))
        await run_end_of_day(self.services, 1)
        page = await queries.settlements(self.services.reader, 1, SettlementFilter(self.shop.id), Order())
        (self.settlement,) = page.items
        return self

    @property
    def at(self) -> str:
        return f"/m/shop/{self.shop.id}"


@pytest.fixture
async def traded(town: Town, installation: Opened) -> Traded:
    return await Traded(town, installation).make()


async def signed_in(phone: NewPhone, who: Resident) -> Phone:
    made = phone()
    await made.sign_in(who.mobile)
    return made


def yuan(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}¥{abs(amount) // 100}.{abs(amount) % 100:02d}"


def sums(found: Settlement) -> list[int]:
    return [found.gross, -found.refunds, -found.fees, -found.tax, -found.splits_out, found.net, -found.paid_out]


async def test_an_owner_reads_the_settlement_to_the_fen(traded: Traded, phone: NewPhone) -> None:
    keeper, found = await signed_in(phone, traded.owner), traded.settlement
    assert f'href="{traded.at}/settlements"' in (await keeper.look(traded.at)).text
    assert yuan(found.paid_out) in (await keeper.look(f"{traded.at}/settlements")).text
    page = (await keeper.look(f"{traded.at}/settlements/{found.id}")).text
    assert found.gross == 6_000
    assert found.refunds == 600
    assert found.splits_out == 900, "a tenth of the share came back with the refund"
    assert found.net == found.paid_out > 0
    for amount in sums(found):
        assert yuan(amount) in page, amount
    assert "stl_" not in page.replace(found.id, "")


async def test_its_files_have_every_entry_and_the_payout(traded: Traded, phone: NewPhone) -> None:
    keeper, found = await signed_in(phone, traded.owner), traded.settlement
    at = f"{traded.at}/settlements/{found.id}"
    table = await keeper.look(f"{at}?format=csv")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert len(rows) >= 6, "paid, its fee and tax, a share, a refund, the payout"
    assert sum(round(float(row["金额"]) * 100) for row in rows) == 0, "all that came was paid out"
    assert float(rows[-1]["余额"]) == 0
    require_typefaces()
    document = await keeper.look(f"{at}?format=pdf")
    assert document.headers["content-type"] == "application/pdf"
    assert f"settlement-{found.date}.pdf" in document.headers["content-disposition"]
    text = "".join(page_texts(document.content))
    for part in ("新城鲜果店", yuan(found.gross), yuan(-found.paid_out), "商户结算出款"):
        assert part in text.replace("+", ""), part


async def test_the_payout_is_called_so_among_the_movements_of_the_wallet(traded: Traded, phone: NewPhone) -> None:
    keeper = await signed_in(phone, traded.owner)
    month = traded.settlement.date.strftime("%Y-%m")
    page = (await keeper.look(f"/m/statements?wallet={traded.till.id}&month={month}")).text
    assert "商户结算到账 · 新城鲜果店" in page
    assert "资金变动" not in page


async def test_a_cashier_and_a_stranger_do_not_read_it(traded: Traded, phone: NewPhone, town: Town) -> None:
    cashier = await town.person("慕容雪")
    staff = AddMerchantStaff(merchant=traded.shop.id, party=cashier.party.id, role=StaffRole.CASHIER)
    await town.do(staff)
    at = f"{traded.at}/settlements"
    for who, status in ((cashier, 403), (traded.payer, 404)):
        own = await signed_in(phone, who)
        for address in (at, f"{at}/{traded.settlement.id}", f"{at}/{traded.settlement.id}?format=pdf"):
            assert (await own.look(address)).status_code == status, (who, address)
    keeper = await signed_in(phone, traded.owner)
    assert (await keeper.look(f"{at}/stl_{'0' * 26}")).status_code == 404
