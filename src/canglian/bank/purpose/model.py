"""What the purpose room keeps: templates by version, contracts, their grants, and each movement of their money."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.purpose.rules import Case, Rules
from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class TemplateKind(enum.StrEnum):
    """What contracts of a template are for."""

    PREPAID = "prepaid"
    SUBSIDY = "subsidy"
    PAYROLL = "payroll"
    LOAN = "loan"
    WELFARE = "welfare"
    SPLIT = "split"
    DEPOSIT_RETURN = "deposit_return"


class ContractState(enum.StrEnum):
    """Drafted, signed by its payer, funded, active while grants are spent; suspended for a while, or at an end.

    Exhausted comes back to life by a refund within its time.
    """

    DRAFT = "draft"
    SIGNED = "signed"
    FUNDED = "funded"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class GrantState(enum.StrEnum):
    """Issued until its first use, active until nothing remains; expired or revoked where something was left."""

    ISSUED = "issued"
    ACTIVE = "active"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class OfferState(enum.StrEnum):
    """Open sells prepaid cards; closed sells none, and gives back what is left on those that were sold."""

    OPEN = "open"
    CLOSED = "closed"


class MovementKind(enum.StrEnum):
    """Funded by the payer, spent at a payee, refunded by one; returned to the payer or released to the holder."""

    FUNDED = "funded"
    SPENT = "spent"
    REFUNDED = "refunded"
    RETURNED = "returned"
    RELEASED = "released"


class PurposeTemplate(
    Entity, frozen=True, table="purpose_template", key=("code", "version"), indexes={"code": ("code",)}
):
    """One version of a template of contracts; it never changes. Its ``cases`` hold for its ``rules``."""

    code: Annotated[str, doc("The code of the template, such as `welfare`.")]
    version: Annotated[int, doc("The version of the template, from 1.")]
    kind: Annotated[TemplateKind, doc("What its contracts are for.")]
    name: Annotated[str, doc("What people read.")]
    rules: Annotated[Rules, doc("What money of its contracts may do.")]
    cases: Annotated[tuple[Case, ...], doc("The cases that the rules were tried with.")]
    effective_from: Annotated[date, doc("The business date from which contracts are drafted by it.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]


class PurposeContract(Entity, frozen=True, table="purpose_contract"):
    """A contract about money for a purpose. Its ``rules`` are those of its template's version, with its own payees.

    ``account`` is its account in the ledger: ``unallotted`` is what no grant has, ``allotted`` what remains of grants.
    ``funded`` is all that its payer paid in, on ``funded_on``; ``released_by`` who has signed the release. ``held`` is
    the part of ``allotted`` that pending holds reserve.
    """

    id: Annotated[str, doc("The contract's id.")]
    template: Annotated[str, doc("The code of its template.")]
    version: Annotated[int, doc("The version of its template.")]
    name: Annotated[str, doc("What people read.")]
    payer: Annotated[str, doc("The wallet that funds it, and gets back what is left.")]
    asset: Annotated[str, doc("The unit of value, such as `ECNY`.")]
    rules: Annotated[Rules, doc("What its money may do.")]
    valid_from: Annotated[date, doc("The first day on which it is spent.")]
    valid_until: Annotated[date, doc("The last day on which it is spent.")]
    account: Annotated[int, doc("Its account in the ledger.")]
    state: Annotated[ContractState, doc("Where it stands.")]
    funded: Annotated[int, doc("What was paid in, in fen.")]
    funded_on: Annotated[date | None, doc("When it was paid in, or null.")]
    channel: Annotated[str | None, doc("Where it was paid in, or null.")]
    unallotted: Annotated[int, doc("What no grant has, in fen.")]
    allotted: Annotated[int, doc("What remains of its grants together, in fen.")]
    released_by: Annotated[tuple[str, ...], doc("Who has signed the release.")]
    reason: Annotated[str | None, doc("Why it is suspended or terminated, or null.")]
    drafted_at: Annotated[datetime, doc("When it was drafted.")]
    drafted_by: Annotated[str, doc("Who drafted it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    held: Annotated[int, doc("What of its grants is set aside for payments, in fen.")] = 0
    offer: Annotated[str | None, doc("The offer by which it is a prepaid card, or null.")] = None
    card: Annotated[str | None, doc("The grant that is the card, or null.")] = None


class PurposeGrant(Entity, frozen=True, table="purpose_grant", indexes={"holder": ("holder",)}):
    """A holder's share of a contract (份额). ``spent`` is what went to payees, less refunds into it."""

    id: Annotated[str, doc("The grant's id.")]
    contract: Annotated[str, doc("The contract's id.")]
    holder: Annotated[str, doc("The wallet of its holder.")]
    amount: Annotated[int, doc("What was granted, in fen.")]
    remaining: Annotated[int, doc("What remains of it, in fen.")]
    spent: Annotated[int, doc("What was paid of it, less what came back, in fen.")]
    uses: Annotated[int, doc("How often it was used.")]
    state: Annotated[GrantState, doc("Where it stands.")]
    issued_at: Annotated[datetime, doc("When it was issued.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    held: Annotated[int, doc("What of its rest is set aside for payments that are taken later, in fen.")] = 0
    bonus: Annotated[str | None, doc("The grant of bonus money that is spent with it in its share, or null.")] = None
    bonus_of: Annotated[str | None, doc("The grant whose bonus it is, or null.")] = None
    origin: Annotated[str | None, doc("The grant of another holder from which it came, or null.")] = None
    passed_on: Annotated[int, doc("What of it went on to other holders, in fen.")] = 0

    @property
    def free(self) -> int:
        """What remains of it and is not set aside."""
        return self.remaining - self.held


class PrepaidOffer(Entity, frozen=True, table="prepaid_offer", indexes={"payee": ("payee",)}):
    """Cards that a merchant sells in advance (预付卡). What is paid for one stays its buyer's until it is used.

    ``bonus_bps`` is the bonus on what is paid, in basis points; it comes from ``pool``, a contract that the merchant
    has funded.
    """

    id: Annotated[str, doc("The offer's id.")]
    payee: Annotated[str, doc("The merchant at which its cards are used.")]
    name: Annotated[str, doc("What people read.")]
    bonus_bps: Annotated[int, doc("The bonus on what is paid, in basis points.")]
    pool: Annotated[str | None, doc("The contract from which the bonus comes, or null.")]
    days: Annotated[int, doc("For how many days a card is valid.")]
    state: Annotated[OfferState, doc("`open` or `closed`.")]
    reason: Annotated[str | None, doc("Why it was closed, or null.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    opened_by: Annotated[str, doc("Who opened it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class PurposeMovement(Record, frozen=True, table="purpose_movement"):
    """A movement of a contract's money, with its transfer of the ledger. ``grant`` is null for the payer's own.

    ``purpose`` is false for what did not touch the contract's account: a refund that went to the payer after its end.
    """

    id: Annotated[str, doc("The movement's id.")]
    contract: Annotated[str, doc("The contract's id.")]
    grant: Annotated[str | None, doc("The grant's id, or null.")]
    kind: Annotated[MovementKind, doc("What it was.")]
    amount: Annotated[int, doc("How much, in fen.")]
    other: Annotated[int, doc("The account on the other side, in the ledger.")]
    payee: Annotated[str | None, doc("The payee's id, or null.")]
    category: Annotated[str | None, doc("The payee's category, or null.")]
    region: Annotated[str | None, doc("The payee's region, or null.")]
    purpose: Annotated[bool, doc("Whether the contract's account was one side.")]
    transfer: Annotated[int, doc("The transfer of the ledger.")]
    reference: Annotated[str | None, doc("What it was for, such as a payment's id.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
