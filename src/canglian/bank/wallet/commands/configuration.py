"""The products and figures of wallets, by version."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.party import Level
from canglian.bank.wallet.commands.values import ProductCode
from canglian.bank.wallet.model import WalletKind, WalletPolicy, WalletProduct
from canglian.bank.wallet.rules import POLICIES, PRODUCTS, RULES
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, Unit, doc
from canglian.kernel.values import Amount, Name
from canglian.kernel.versions import effective_date, next_version

Day = date  # the field of the same name would hide the type

RATE_PPM_MAX = 200_000
"""The highest yearly rate, in millionths: 20 %."""

Many = Annotated[int, Meta(ge=1, le=10_000)]


class SetWalletProduct(Command[WalletProduct], kind="wallet.set_product"):
    """Add a version to a product: what its holder has to show, its interest, how many there may be.

    What a wallet may have and pay are rules about limits, by the product's code. Rejects
    ``wallet_product.effective_past``.
    """

    code: Annotated[ProductCode, Field(label="Product code"), doc("The code of the product, such as `wallet.ecny2`.")]
    name: Annotated[Name, doc("What people read.")]
    level: Annotated[Level, Field(label="Verified"), doc("How far the holder is verified at least.")]
    document: Annotated[
        bool, Field(label="Needs a valid document"), doc("Whether the holder needs a valid document on record.")
    ]
    account: Annotated[
        bool,
        Field(label="Needs a deposit account"),
        doc("Whether the holder needs a deposit account, bound to the wallet."),
    ]
    anonymous: Annotated[bool, Field(label="May be anonymous"), doc("Whether it is opened by a mobile alone.")]
    rate_ppm: Annotated[
        int,
        Field(label="Interest a year (%)", unit=Unit.RATE_PPM),
        Meta(ge=0, le=RATE_PPM_MAX, description="Yearly interest in millionths: 500 is 0.05 %."),
    ]
    day_count: Annotated[
        int,
        Field(label="Days of a year"),
        Meta(ge=360, le=366, description="The days that a year counts for interest."),
    ]
    sub_wallets_max: Annotated[
        int, Field(label="Sub-wallets"), Meta(ge=0, le=10_000), doc("How many sub-wallets a wallet has at most.")
    ]
    note: Note
    per_party_max: Annotated[
        Many | None,
        Field(label="For one holder", help="Empty for no bound."),
        doc("How many of the product one party has at most; null for any number."),
    ] = None
    active: Annotated[
        bool,
        Field(label="May be opened"),
        doc("False ends the product from the effective date on: nothing new is opened."),
    ] = True
    effective_from: Annotated[Day | None, doc("The business date from which it counts.")] = None

    def decide(self, book: Book) -> WalletProduct:
        versions = PRODUCTS.of(book, self.code)
        effective_from = effective_date(book, WalletProduct, self.effective_from, field="effective_from")
        kind, tier = _kind_of(self.code)
        version = next_version(versions)
        book.emit("wallet_product.set", f"wallet_product:{self.code}", product=self.code, version=version)
        return book.add(
            WalletProduct(
                code=self.code,
                version=version,
                kind=kind,
                tier=tier,
                name=self.name,
                asset="CNY" if kind is WalletKind.EWALLET else "ECNY",
                head="2011",
                level=self.level,
                document=self.document,
                account=self.account,
                anonymous=self.anonymous,
                rate_ppm=0 if kind is WalletKind.EWALLET else self.rate_ppm,
                day_count=self.day_count,
                per_party_max=self.per_party_max,
                sub_wallets_max=0 if kind is WalletKind.EWALLET else self.sub_wallets_max,
                active=self.active,
                effective_from=effective_from,
                note=self.note,
                created_at=book.now,
                created_by=book.actor,
            )
        )


class AddWalletPolicy(Command[WalletPolicy], kind="wallet.add_policy"):
    """A new version of the figures. Rejects ``wallet_policy.in_past`` and ``wallet_policy.exists``."""

    effective_from: Annotated[Day, doc("The business date from which the figures count.")]
    number_prefix: Annotated[
        str,
        Field(label="Prefix of wallet numbers"),
        Meta(pattern=r"^[1-9][0-9]{1,5}\Z", description="What wallet numbers begin with."),
    ]
    code_seconds: Annotated[
        int,
        Field(label="Seconds that a code is good"),
        Meta(ge=10, le=600),
        doc("For how many seconds a code is good."),
    ]
    pay_code_max: Annotated[Amount, Field(label="Most by a pay code, yuan", unit=Unit.MONEY)]
    pin_tries: Annotated[
        int,
        Field(label="Wrong PINs in a row"),
        Meta(ge=1, le=10),
        doc("After how many wrong ones in a row a PIN is locked."),
    ]
    pin_lock_minutes: Annotated[
        int,
        Field(label="Minutes of a PIN's lock, 0 until a reset"),
        Meta(ge=0, le=60 * 24 * 30),
        doc("For how many minutes a PIN is locked; 0 until it is reset."),
    ]
    devices_max: Annotated[
        int,
        Field(label="Devices of a wallet at most"),
        Meta(ge=1, le=50),
        doc("How many devices a wallet has at most."),
    ]
    pockets_max: Annotated[
        int,
        Field(label="Pockets of a wallet at most"),
        Meta(ge=0, le=200),
        doc("How many pockets a wallet has at most."),
    ]
    note: Note

    def decide(self, book: Book) -> WalletPolicy:
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})


def _kind_of(code: str) -> tuple[WalletKind, int | None]:
    """The kind and the tier that a code stands for."""
    word = code.removeprefix("wallet.")
    return (WalletKind.ECNY, int(word[-1])) if word[-1].isdecimal() else (WalletKind(word), None)
