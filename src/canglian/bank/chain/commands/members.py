"""Members of chains: a core company with its limit, and its suppliers."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.chain.commands.values import MemberId
from canglian.bank.chain.model import ChainMember
from canglian.bank.credit.facilities.commands import FacilityId
from canglian.bank.credit.facilities.limits import require_part
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.products.commands import LoanProductCode
from canglian.bank.deposit.rules import require_active_account
from canglian.bank.party.eligibility import may_open
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Unit, doc, identifier
from canglian.ledger.book import Book

PartyId = Annotated[str, identifier("pty", "A customer's id."), Field(label="Customer")]
AccountId = Annotated[
    str, identifier("dep", "The deposit account that pays, and is paid."), Field(label="Deposit account")
]
Advance = Annotated[
    int,
    Meta(ge=1, le=10_000, description="The most that is advanced on a voucher, in basis points of its face."),
    Field(label="Advanced at most", help="In percent of the face.", unit=Unit.SHARE_BPS),
]


OrderShare = Annotated[
    int,
    Meta(ge=1, le=8_000, description="The most that is lent on an order or a purchase, in basis points of its amount."),
    Field(label="Lent on orders at most", help="In percent of an order or a purchase.", unit=Unit.SHARE_BPS),
]


class EnrolCore(Command[ChainMember], kind="chain.enrol_core"):
    """Enrol a core company: what it accepts counts against a product's part of its facility, at that part's rate.

    Rejects ``facility.*``, ``chain_member.facility_other``, ``.account_other``, ``.account_asset``, ``.enrolled``, and
    what keeps the customer from having accounts.
    """

    party: PartyId
    account: AccountId
    facility: Annotated[FacilityId, Field(label="Facility")]
    product: Annotated[LoanProductCode, Field(label="Loan product")]
    advance_bps: Advance = 9_000
    order_bps: OrderShare = 7_000

    def decide(self, book: Book) -> ChainMember:
        may_open(book, self.party)
        _require_account(book, self.party, self.account)
        facility = book.get(Facility, self.facility)
        if facility.party != self.party:
            book.reject("chain_member.facility_other", facility=facility.id, field="facility")
        require_part(book, facility, self.product)
        for other in book.find(ChainMember, "party", self.party):
            if other.is_core:
                book.reject("chain_member.enrolled", chain_member=other.id, field="party")
        return _enrolled(
            book,
            ChainMember(
                id=book.new_id("chm"),
                party=self.party,
                core=None,
                tier=0,
                account=self.account,
                facility=facility.id,
                product=self.product,
                advance_bps=self.advance_bps,
                enrolled_at=book.now,
                enrolled_by=book.actor,
                order_bps=self.order_bps,
            ),
        )


class EnrolSupplier(Command[ChainMember], kind="chain.enrol_supplier"):
    """Enrol a supplier in a core company's chain by its tier, or a dealer.

    Rejects ``chain_member.not_core``, ``.account_other``, ``.account_asset``, ``.enrolled``, and what keeps the
    customer from having accounts.
    """

    core: Annotated[MemberId, doc("The member that is the core company."), Field(label="Core company")]
    party: PartyId
    account: AccountId
    tier: Annotated[
        int,
        Meta(ge=1, le=9, description="1 for a supplier of the core company itself, 2 for one of these, and so on."),
        Field(label="Tier", help="1 for the core company's own suppliers, 2 for theirs."),
    ] = 1
    dealer: Annotated[
        bool,
        doc("Whether it buys of the core company, instead of selling to it."),
        Field(label="Dealer", help="It buys of the core company, and holds no vouchers."),
    ] = False

    def decide(self, book: Book) -> ChainMember:
        core = require_core(book, self.core)
        may_open(book, self.party)
        _require_account(book, self.party, self.account)
        for other in book.find(ChainMember, "party", self.party):
            if other.chain == core.id:
                book.reject("chain_member.enrolled", chain_member=other.id, field="party")
        return _enrolled(
            book,
            ChainMember(
                id=book.new_id("chm"),
                party=self.party,
                core=core.id,
                tier=self.tier,
                account=self.account,
                facility=None,
                product=None,
                advance_bps=core.advance_bps,
                enrolled_at=book.now,
                enrolled_by=book.actor,
                dealer=self.dealer,
                order_bps=core.order_bps,
            ),
        )


def require_core(book: Book, identity: str) -> ChainMember:
    """A member that is a core company. Rejects ``chain_member.not_found`` and ``.not_core``."""
    core = book.get(ChainMember, identity)
    if not core.is_core:
        book.reject("chain_member.not_core", chain_member=core.id, field="core")
    return core


def _require_account(book: Book, party: str, identity: str) -> None:
    account = require_active_account(book, identity)
    if account.party != party:
        book.reject("chain_member.account_other", deposit_account=account.id, field="account")
    if account.asset != "CNY":
        book.reject("chain_member.account_asset", deposit_account=account.id, asset=account.asset, field="account")


def _enrolled(book: Book, member: ChainMember) -> ChainMember:
    book.emit("chain_member.enrolled", f"chain_member:{member.id}", chain_member=member.id, tier=member.tier)
    return book.add(member)
