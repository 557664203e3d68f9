"""What holders of the demo's welfare have bought with it: paid where it may, and given back in part once."""

from typing import Any

from canglian.bank.payment.commands import OpenOrder, PayOrder, RefundPayment
from canglian.bank.payment.from_purpose import KIND
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.queries import merchants
from canglian.bank.purpose import queries
from canglian.bank.purpose.demo import WELFARE
from canglian.bank.purpose.queries import ContractFilter, GrantFilter
from canglian.kernel.command import Command
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
_BOUGHT = (("鲜果店", "米面油", 8_800), ("面馆", "工作餐", 3_200), ("鲜果店", "水果", 4_650), ("医院", "体检", 12_000))


async def spend_welfare(services: Services, book: int) -> None:
    """Let each holder of the welfare buy something at a merchant that it pays."""
    reader, order = services.reader, Order("id", None, LIMIT_MAX)
    contracts = (await queries.contracts(reader, book, ContractFilter(), order)).items
    welfare = next((contract for contract in contracts if contract.name == WELFARE), None)
    if welfare is None:
        return

    async def ask(key: str, command: Command[Any]) -> Any:
        return await services.engine.execute(book, command, actor=ACTOR, key=f"purpose-paid:{key}")

    grants = (await queries.grants(reader, book, GrantFilter(contract=welfare.id), order)).items
    for turn, (grant, (shop, subject, amount)) in enumerate(zip(grants, _BOUGHT, strict=False)):
        found: list[Merchant] = await merchants.called(reader, book, shop)
        if not found:
            continue
        asked = OpenOrder(merchant=found[0].id, number=f"welfare-{turn}", subject=subject, amount=amount)
        opened: PaymentOrder = await ask(f"order-{turn}", asked)
        pay = PayOrder(order=opened.id, sources=(SourceUse(source=KIND, item=grant.id),), channel=COUNTER)
        payment: Payment = await ask(f"pay-{turn}", pay)
        if turn == 0:
            half = RefundPayment(
                payment=payment.id, number="welfare-return", amount=amount // 4, reason="退一件", channel=COUNTER
            )
            await ask("refund", half)
