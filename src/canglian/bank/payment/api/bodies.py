"""What the API of payments is asked, in plain where a person types it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.payment.commands.values import (
    Discount,
    Goods,
    MerchantId,
    OwnNumber,
    ReturnUrl,
    Shipping,
    StoreId,
    Subject,
)
from canglian.bank.payment.model import Receiver
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.bank.wallet.api.paths import Typed
from canglian.kernel.fields import doc, identifier
from canglian.kernel.values import Amount


class SourceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source to be used, with the PIN of its wallet."""

    item: Annotated[str, identifier("[a-z]{3}", "The id of what pays, such as a wallet's.")]
    source: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z_]{1,23}\Z",
            description="What kind of source: `wallet`; `purpose` for a grant or a prepaid card (`grt_…`).",
        ),
    ] = "wallet"
    most: Annotated[Amount | None, doc("The most that is taken from it; null for no bound of its own.")] = None
    pin: GivenPin = None


class PayOrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What pays, in the order of paying: of each source as much as it has, until the order is covered."""

    sources: Annotated[list[SourceRequest], Meta(min_length=1, max_length=8), doc("What pays, in the order of paying.")]


class TakePaymentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payer's pay code that the merchant has scanned."""

    code: Annotated[Typed, doc("The digits of the pay code.")]


class DrawCardRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is drawn on a prepaid card of the buyer whose pay code was scanned."""

    merchant: MerchantId
    number: OwnNumber
    subject: Subject
    amount: Amount
    code: Annotated[Typed, doc("The digits of the pay code.")]


class CreatePaymentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order and what pays it: sources with their PINs, or the codes that were scanned; and who gets a share."""

    merchant: MerchantId
    number: OwnNumber
    subject: Subject
    amount: Amount
    discount: Discount = 0
    goods: Goods = ()
    sources: Annotated[
        list[SourceRequest],
        Meta(max_length=8),
        doc("What pays, in the order of paying; empty where codes were scanned."),
    ] = []
    codes: Annotated[
        list[Typed],
        Meta(max_length=8),
        doc("The digits of the pay codes that were scanned, in the order of paying; empty where sources are named."),
    ] = []
    receivers: Annotated[
        list[Receiver], Meta(max_length=50), doc("Merchants that get a share of it at once; empty for no split.")
    ] = []
    store: Annotated[StoreId | None, doc("The store that asks to be paid, or null.")] = None
    return_url: Annotated[
        ReturnUrl | None, doc("Where its page leads back to, on a web site of the merchant; null for nowhere.")
    ] = None
    shipping: Shipping = 0
