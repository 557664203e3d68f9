"""Products and figures, by version: what is in force stays as it is, a change is a new version."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.approval.describing import Approvable, Description, approvable
from canglian.bank.approval.model import Fact
from canglian.bank.deposit.commands.values import ProductCode
from canglian.bank.deposit.interest import RATE_MAX
from canglian.bank.deposit.model import DepositPolicy, DepositProduct, ProductClass, UnboundIn
from canglian.bank.deposit.rules import POLICIES, PRODUCTS, RULES
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, Unit, doc, impersonal
from canglian.kernel.values import AssetCode, Name
from canglian.kernel.versions import effective_date, next_version
from canglian.ledger.book import Book
from canglian.ledger.model import Asset, Head

RatePpm = Annotated[
    int, Meta(ge=0, le=RATE_MAX, description="Yearly interest in millionths: 500 is 0.05 %, 100 is one basis point.")
]
DayCount = Annotated[int, Meta(ge=360, le=366, description="The days that a year counts: 360 or 365.")]
HeadCode = Annotated[str, Meta(pattern=r"^[0-9]{4,12}\Z", description="A head of the chart of accounts.")]

Day = date  # the field of the same name would hide the type


class SetDepositProduct(Command[DepositProduct], kind="deposit.set_product"):
    """Add a version to a product, or make one. In force is the version with the latest effective date that has come.

    Interest of a day is that of the version in force on it; what is open already goes by the new version from its date
    on. Rejects ``deposit_product.code_class``, ``.class_fixed``, ``.effective_past``, ``asset.not_found`` and
    ``head.not_found``.
    """

    code: Annotated[
        ProductCode,
        Field(label="Product code", help="deposit.class2, or deposit.class2.village for a product of a scene."),
    ]
    product_class: Annotated[ProductClass, doc("Its class: `class1`, `class2`, `class3`, `corporate` or `internal`.")]
    name: Annotated[Name, doc("What people read.")]
    rate_ppm: Annotated[RatePpm, Field(label="Interest a year (%)", unit=Unit.RATE_PPM)]
    day_count: Annotated[DayCount, Field(label="Days of a year")] = 360
    remote_opening: Annotated[
        bool, Field(label="May be opened remotely"), doc("Whether it may be opened from afar.")
    ] = False
    per_party_max: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Field(label="A person has at most", help="Empty for no bound."),
        doc("How many of the product one party has at most; null for any number."),
    ] = None
    dormancy_months: Annotated[
        int,
        Field(label="Dormant after months", help="0 for never."),
        Meta(ge=0, le=120),
        doc("Without a movement for so many months after opening it is for the counter only; 0 for never."),
    ] = 6
    unbound_in: Annotated[
        UnboundIn,
        doc("From when on it takes money of others: `always`, `face_to_face` or `bound_inflow`."),
    ] = UnboundIn.ALWAYS
    bound_max: Annotated[int, Meta(ge=0, le=50), doc("How many bound accounts there may be.")] = 3
    asset: AssetCode = "CNY"
    head: HeadCode = "2011"
    active: Annotated[
        bool,
        Field(label="May be opened"),
        doc("False ends the product from the effective date on: nothing new is opened."),
    ] = True
    note: Annotated[
        str,
        Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z"),
        Field(check=impersonal),
        doc("A remark; it must hold no personal number."),
    ] = ""
    effective_from: Annotated[
        Day | None,
        doc("The business date from which the version counts; left out, today."),
    ] = None

    def decide(self, book: Book) -> DepositProduct:
        prefix = f"deposit.{self.product_class.value}"
        if self.code != prefix and not self.code.startswith(f"{prefix}."):
            book.reject("deposit_product.code_class", prefix=prefix, code=self.code, field="code")
        versions = PRODUCTS.of(book, self.code)
        if versions and (versions[0].product_class, versions[0].asset) != (self.product_class, self.asset):
            book.reject("deposit_product.class_fixed", product=self.code, product_class=versions[0].product_class.value)
        effective_from = effective_date(book, DepositProduct, self.effective_from, field="effective_from")
        book.get(Asset, self.asset)
        book.get(Head, self.head)
        version = next_version(versions)
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        figures["effective_from"] = effective_from
        book.emit("deposit_product.set", f"deposit_product:{self.code}", product=self.code, version=version)
        return book.add(DepositProduct(version=version, created_at=book.now, created_by=book.actor, **figures))


class AddDepositPolicy(Command[DepositPolicy], kind="deposit.add_policy"):
    """A new version of the figures. Rejects ``deposit_policy.in_past`` and ``deposit_policy.exists``."""

    effective_from: Annotated[Day, doc("The business date from which the figures count.")]
    number_prefix: Annotated[
        str,
        Field(label="Account number prefix"),
        Meta(pattern=r"^[1-9][0-9]{5,9}\Z", description="What new numbers begin with."),
    ]
    settlement_day: Annotated[
        int,
        Field(label="Day of the month on which interest is settled"),
        Meta(ge=1, le=28),
        doc("The day of the month on which interest is settled."),
    ]
    settlement_months: Annotated[
        list[Annotated[int, Meta(ge=1, le=12)]],
        Field(label="Months in which interest is settled"),
        Meta(min_length=1, max_length=12),
        doc("The months in which it is."),
    ]
    confirmation_max: Annotated[
        int,
        Field(label="Largest small transfer", unit=Unit.MONEY),
        Meta(ge=1, le=999, description="The largest small transfer, in fen."),
    ]
    confirmation_tries: Annotated[
        int, Field(label="Confirmation attempts"), Meta(ge=1, le=10), doc("How many wrong confirmations are allowed.")
    ]
    confirmation_hours: Annotated[
        int,
        Field(label="Hours to confirm a bound account"),
        Meta(ge=1, le=720),
        doc("After so many hours a binding that was not confirmed lapses."),
    ]
    note: Note

    def decide(self, book: Book) -> DepositPolicy:
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        figures["settlement_months"] = sorted(set(self.settlement_months))
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})


def _product(book: Book, command: SetDepositProduct) -> Description:
    versions = PRODUCTS.of(book, command.code)
    facts = [
        Fact("Product", "code", command.code),
        Fact("Version now", "number", next_version(versions) - 1, watched=True),
        Fact("Name", "text", command.name),
        Fact("Interest a year, in millionths", "number", command.rate_ppm),
        Fact("Days of a year", "number", command.day_count),
        Fact("May be opened remotely", "words", "Yes" if command.remote_opening else "No"),
        Fact("In force", "words", "Yes" if command.active else "No"),
    ]
    if command.effective_from is not None:
        facts.append(Fact("Effective from", "day", command.effective_from.isoformat()))
    return Description(f"deposit_product:{command.code}", facts)


approvable(
    Approvable(
        SetDepositProduct,
        "Set a deposit product",
        _product,
        outcome=lambda product: f"deposit_product:{product.code}",
        matter=lambda command: f"deposit_product:{command.code}",
    )
)
