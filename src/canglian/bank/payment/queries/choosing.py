"""Before an order is paid: what would pay how much of it, and whose PIN agrees to it."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.payment import from_purpose, from_wallets
from canglian.bank.payment.discounts import signer_above
from canglian.bank.payment.model import Merchant, PaymentOrder, SourceUse
from canglian.bank.purpose import queries as purpose
from canglian.bank.wallet import Wallet
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now


class Choice(msgspec.Struct, frozen=True):
    """A source with what it would pay. ``use.most`` is that amount, so that nothing else pays more than was shown."""

    use: Annotated[SourceUse, doc("The source, as it is named when the order is paid; a PIN has to be added.")]
    amount: Annotated[int, doc("What it would pay, in fen.")]
    asset: Annotated[str, doc("The unit of value, such as `ECNY`.")]
    name: Annotated[str | None, doc("The name of the contract; null for the wallet's own money.")] = None
    valid_until: Annotated[date | None, doc("The last day on which it is spent; null for the wallet's own.")] = None


async def sources_for(reader: Reader, book: int, wallet: str, order: PaymentOrder) -> list[Choice]:
    """What would pay an order from a wallet, in the order of spending: money for a purpose first, its own last.

    The wallet stands for all that is left, whether it has it or not: paying says what it lacks.
    """
    merchant = await one(reader, book, Merchant, order.merchant)
    own = await one(reader, book, Wallet, wallet)
    payee, today, now = from_purpose.payee_of(merchant, order), (await book_figures(reader, book)).today, utc_now()
    left, choices = order.payable, list[Choice]()
    for grant, contract, most in await purpose.spendable(reader, book, wallet, payee, today, now):
        amount = min(left, most)
        if amount and len(choices) < from_purpose.SOURCES_MAX - 1:
            use = SourceUse(source=from_purpose.KIND, item=grant.id, most=amount)
            choices.append(Choice(use, amount, contract.asset, contract.name, contract.valid_until))
            left -= amount
    if left:
        choices.append(Choice(SourceUse(source=from_wallets.KIND, item=own.id, most=left), left, own.asset))
    return choices


async def signer(reader: Reader, book: int, source: str, item: str) -> str:
    """The wallet whose PIN agrees to paying from a source; NotFound ``purpose_grant.not_found``."""
    if source == from_purpose.KIND:
        return (await purpose.grant(reader, book, item)).holder
    return await signer_above(reader, book, source, item)
