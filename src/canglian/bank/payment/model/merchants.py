"""Merchants: who they are, what they pay, and where they are owed what was paid to them."""

import enum
from datetime import datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class MerchantState(enum.StrEnum):
    """Suspended and closed take no new order and no payment; what was paid may still be refunded. Closed is the end."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class MerchantRisk(enum.StrEnum):
    """How the bank sees it: watched ones are looked at, of high ones nothing is split and nothing paid out."""

    NORMAL = "normal"
    WATCH = "watch"
    HIGH = "high"


class Merchant(Entity, frozen=True, table="merchant", indexes={"party": ("party",)}):
    """Whoever is paid (商户). ``category`` is its ISO 18245 code, ``region`` its GB/T 2260 one.

    ``accounts`` are those of the ledger in which it is owed what was paid to it, less fees and refunds, by asset.
    ``payout_wallet`` and ``payout_account`` are where a settlement pays what it is owed of the asset of each; what has
    no such place waits.
    ``fees`` is the code of the schedule of its fees. ``party`` is the customer who owns it. ``origins`` are the web
    sites to which its payers are sent back.
    """

    id: Annotated[str, doc("The merchant's id.")]
    name: Annotated[str, doc("What people read on receipts.")]
    category: Annotated[str, doc("The merchant category code of ISO 18245: 5411 is a grocery.")]
    region: Annotated[str, doc("The division of GB/T 2260 in which it is: 330106.")]
    store: Annotated[str | None, doc("Which of its stores, or null.")]
    party: Annotated[str | None, doc("The customer who owns it, or null.")]
    accounts: Annotated[dict[str, int], doc("The accounts of the ledger in which it is owed money, by asset.")]
    payout_wallet: Annotated[str | None, doc("The wallet to which it is paid out, or null.")]
    payout_account: Annotated[int | None, doc("The account of the ledger to which it is paid out, or null.")]
    fees: Annotated[str, doc("The code of the schedule of its fees.")]
    state: Annotated[MerchantState, doc("`active`; `suspended` and `closed` take no orders and no payments.")]
    reason: Annotated[str | None, doc("Why it is suspended or closed, or null.")]
    registered_at: Annotated[datetime, doc("When it was registered.")]
    registered_by: Annotated[str, doc("Who registered it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    lists: Annotated[tuple[str, ...], doc("The lists that it is on, by which money for a purpose may know it.")] = ()
    origins: Annotated[tuple[str, ...], doc("Web sites to which payers may be sent back: `https://shop.example`.")] = ()
    risk: Annotated[MerchantRisk, doc("`normal`, `watch`, or `high`: nothing is split and nothing paid out.")] = (
        MerchantRisk.NORMAL
    )
