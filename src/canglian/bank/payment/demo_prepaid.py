"""A gym of the demo that sells prepaid cards with a bonus; one was used twice, and the rest can be given back."""

from datetime import timedelta
from typing import Any

from canglian.bank.payment.commands import AddMerchantStaff, CreatePayment, RegisterMerchant
from canglian.bank.payment.from_purpose import KIND
from canglian.bank.payment.model import Merchant, SourceUse
from canglian.bank.purpose.commands import (
    BuyPrepaidCard,
    DraftPurposeContract,
    FundPurposeContract,
    OpenPrepaidOffer,
    SignPurposeContract,
)
from canglian.bank.purpose.commands.prepaid import PrepaidCard
from canglian.bank.wallet.commands import ExchangeMoney
from canglian.bank.wallet.model import ExchangeDirection
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.command import Command
from canglian.kernel.queries.observing import book_figures
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
GYM = "乡村健身房"
POOL = 100_000
"""What the gym has set apart for bonuses, in fen."""

BOUGHT = 50_000
USES = (("健身一次", 5_000), ("私教课", 12_000))


async def sell_cards(services: Services, book: int, payers: list[WalletView], company: WalletView | None) -> None:
    """Open the gym, let it sell cards to who can pay one, and let the first buyer use theirs twice."""

    async def ask(key: str, command: Command[Any]) -> Any:
        return await services.engine.execute(book, command, actor=ACTOR, key=f"prepaid:{key}")

    owner, purse = (payers[-1].party, payers[-1].id) if payers else (None, None)
    asked = RegisterMerchant(name=GYM, category="7997", region="330106", party=owner, payout_wallet=purse)
    gym: Merchant = await ask("gym", asked)
    today = (await book_figures(services.reader, book)).today
    fields: dict[str, Any] = {}
    if company is not None:
        exchange = ExchangeMoney(wallet=company.id, direction=ExchangeDirection.TO_ECNY, amount=POOL, channel=COUNTER)
        await ask("exchange", exchange)
        draft = DraftPurposeContract(
            template="prepaid",
            name="健身卡赠送金",
            payer=company.id,
            valid_until=today + timedelta(days=3 * 365),
            payees=(gym.id,),
        )
        pool = await ask("pool", draft)
        await ask("pool-sign", SignPurposeContract(contract=pool.id, channel=COUNTER))
        await ask("pool-fund", FundPurposeContract(contract=pool.id, amount=POOL, channel=COUNTER))
        fields = {"bonus_bps": 1_000, "pool": pool.id}
    offer = await ask("offer", OpenPrepaidOffer(payee=gym.id, name="健身年卡", **fields))
    for turn, wallet in enumerate(payers[:3]):
        if turn == 1 and wallet.party is not None:
            await ask("staff", AddMerchantStaff(merchant=gym.id, party=wallet.party))
        card: PrepaidCard = await ask(
            f"card-{turn}", BuyPrepaidCard(offer=offer.id, wallet=wallet.id, amount=BOUGHT, channel=COUNTER)
        )
        for number, (subject, amount) in enumerate(USES[: 2 - turn]):
            used = CreatePayment(
                merchant=gym.id,
                number=f"visit-{turn}-{number}",
                subject=subject,
                amount=amount,
                channel=COUNTER,
                sources=(SourceUse(source=KIND, item=card.grant.id),),
            )
            await ask(f"use-{turn}-{number}", used)
