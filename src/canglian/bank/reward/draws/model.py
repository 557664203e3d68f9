"""Draws with their rules and what was committed beforehand, who joined, and who won."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.rules import Category, Payees, Text
from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import Field as Known
from canglian.kernel.fields import doc, impersonal
from canglian.kernel.values import Amount

PRIZE_MAX = 5_000_000
"""The most that a prize is worth, in fen: 50,000 yuan."""

SEED = "draw.seed"
"""What seeds are sealed for."""


class DrawState(enum.StrEnum):
    """Drafted, in review, published; frozen once nobody joins any more; drawn once what nobody knew is there; revealed
    with the seed and the winners; verified once it was computed again.

    Void where nobody joined, dropped where it was never published.
    """

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    FROZEN = "list_frozen"
    DRAWN = "drawn"
    REVEALED = "revealed"
    VERIFIED = "verified"
    VOID = "void"
    DROPPED = "dropped"


class PrizeKind(enum.StrEnum):
    """Money into a wallet, or goods that are handed over against a code."""

    BENEFIT = "benefit"
    GOODS = "goods"


class ConditionKind(enum.StrEnum):
    """Who joins: everybody who is known; with a payment; with a used coupon of the campaign; whom the bank names."""

    OPEN = "open"
    PAYMENT = "payment"
    COUPON = "coupon"
    LIST = "list"


class EntropyKind(enum.StrEnum):
    """What nobody knows at the freeze: a round of the public beacon, or the seed of a second office."""

    DRAND = "drand"
    SECOND_SEED = "second_seed"


class WinState(enum.StrEnum):
    """An alternate waits; a prize is offered until it is claimed, or lapses and goes to the next alternate.

    Goods that were claimed are collected against their code. An alternate whom no prize came to is passed.
    """

    WAITING = "waiting"
    OFFERED = "offered"
    CLAIMED = "prize_claimed"
    COLLECTED = "collected"
    LAPSED = "lapsed"
    PASSED = "passed"


PrizeName = Annotated[str, Meta(min_length=1, max_length=60, description="What people read."), Known(check=impersonal)]


class Prize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prize and how many there are of it. Money is worth what it is; of goods the value is what people read."""

    name: PrizeName
    kind: Annotated[PrizeKind, doc("`benefit` for money into a wallet, `goods` for what is handed over.")]
    value: Annotated[Amount, doc("What one of it is worth, in fen.")]
    quantity: Annotated[int, Meta(ge=1, le=1_000, description="How many there are.")]


class DrawCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who may join. An entry stands for one payment or coupon; whoever is known joins without."""

    kind: Annotated[ConditionKind, doc("`open`, `payment`, `coupon` or `list`.")] = ConditionKind.OPEN
    least: Annotated[int, Meta(ge=0, le=10**9), doc("What a payment comes to at least, in fen.")] = 0
    merchants: Annotated[
        tuple[Text, ...], Meta(max_length=100), doc("At which merchants it was paid; empty for all.")
    ] = ()
    categories: Annotated[
        tuple[Category, ...], Meta(max_length=100), doc("At merchants of which categories it was paid; empty for all.")
    ] = ()

    @property
    def payees(self) -> Payees:
        """At whom it was paid."""
        return Payees(ids=self.merchants, categories=self.categories)


class Beacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chain of drand: its hash names all the rest. Round 1 is at ``genesis``, one more comes each ``period``."""

    chain: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="The hash of the chain.")]
    genesis: Annotated[int, Meta(ge=0, le=2**40, description="When its first round was, in seconds since 1970.")]
    period: Annotated[int, Meta(ge=1, le=86_400, description="The seconds between two rounds.")]
    key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64,200}\Z", description="Its public key.")]


class Draw(Entity, frozen=True, table="draw"):
    """A draw (抽奖). People join from ``joins_from`` on and before ``joins_until``; it is drawn at ``draws_at``.

    ``version`` and ``rules_hash`` are those of the rules in force; ``seed_hash`` and ``second_hash`` bind whoever keeps
    the seeds. ``head`` is the hash of all ``entries`` so far. ``reserved`` are the parts of the campaign's funders that
    are set aside for prizes, ``pool`` the account through which they are paid; of the bank's own draw it holds them.
    """

    id: Annotated[str, doc("The draw's id.")]
    campaign: Annotated[str | None, doc("The campaign whose funders pay for the prizes; null for the bank.")]
    name: Annotated[str, doc("What people read.")]
    summary: Annotated[str, doc("What it is about, for people who may take part.")]
    asset: Annotated[str, doc("The unit of value of prizes in money.")]
    state: Annotated[DrawState, doc("Where it stands.")]
    condition: Annotated[DrawCondition, doc("Who may join.")]
    per_person: Annotated[int, doc("How many entries a person has at most.")]
    prizes: Annotated[tuple[Prize, ...], doc("The prizes, the first one first.")]
    alternates: Annotated[int, doc("How many are drawn beside, for prizes that nobody claims.")]
    claim_days: Annotated[int, doc("For how many days a prize is there to be claimed.")]
    tax_note: Annotated[str, doc("What winners read about taxes.")]
    joins_from: Annotated[datetime, doc("From when on people join.")]
    joins_until: Annotated[datetime, doc("Before when people join.")]
    draws_at: Annotated[datetime, doc("When it is drawn.")]
    entropy: Annotated[EntropyKind, doc("What nobody knows at the freeze: `drand` or `second_seed`.")]
    beacon: Annotated[Beacon | None, doc("The chain of the beacon, or null.")]
    round: Annotated[int | None, doc("The round that decides, or null.")]
    fallback: Annotated[str, doc("Which public figure stands in for what is withheld.")]
    fallback_at: Annotated[datetime, doc("From when on it does.")]
    seed_hash: Annotated[str, doc("The hash of the bank's seed.")]
    second_hash: Annotated[str | None, doc("The hash of the second office's seed, or null.")]
    version: Annotated[int, doc("The version of the rules in force; 0 before they are published.")]
    rules_hash: Annotated[str | None, doc("The hash of the rules in force, or null.")]
    reserved: Annotated[tuple[int, ...], doc("What of each funder is set aside for prizes, in fen.")]
    pool: Annotated[int | None, doc("The account of the ledger through which prizes are paid, or null.")]
    entries: Annotated[int, doc("How many entries there are.")]
    head: Annotated[str, doc("The hash of all entries so far.")]
    frozen_at: Annotated[datetime | None, doc("When the entries were frozen, or null.")]
    deciding_round: Annotated[int | None, doc("The round of the beacon that decides since the freeze, or null.")]
    value: Annotated[str | None, doc("What nobody knew at the freeze, in hexadecimal digits, or null.")]
    signature: Annotated[str | None, doc("The beacon's signature of it, or null.")]
    drawn_at: Annotated[datetime | None, doc("When it came in, or null.")]
    figure: Annotated[str | None, doc("The public figure, where it stands in; or null.")]
    figure_by: Annotated[str | None, doc("Who stated it, or null.")]
    seed: Annotated[str | None, doc("The bank's seed once it is revealed, or null.")]
    revealed_at: Annotated[datetime | None, doc("When the winners were known, or null.")]
    result_hash: Annotated[str | None, doc("The hash of the winners, or null.")]
    verified_at: Annotated[datetime | None, doc("When it was computed again, or null.")]
    kept_until: Annotated[date | None, doc("Until when its records are kept at least, or null.")]
    reason: Annotated[str | None, doc("Why it was sent back or dropped, or null.")]
    drafted_at: Annotated[datetime, doc("When it was drafted.")]
    drafted_by: Annotated[str, doc("Who drafted it.")]
    submitted_by: Annotated[str | None, doc("Who submitted it, or null.")]
    approved_by: Annotated[str | None, doc("Who approved it, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class DrawSeed(Entity, frozen=True, table="draw_seed", key=("draw",), sealed={"own": SEED, "second": SEED}):
    """The seeds that the installation keeps, sealed; no face shows them. An office may keep its own elsewhere."""

    draw: str
    own: str
    second: str | None


class DrawRules(Record, frozen=True, table="draw_rules", key=("draw", "version")):
    """Rules as they were published: canonical JSON, and its hash."""

    draw: Annotated[str, doc("The draw's id.")]
    version: Annotated[int, doc("The version, from 1.")]
    text: Annotated[str, doc("The rules as canonical JSON.")]
    hash: Annotated[str, doc("Its hash.")]
    at: Annotated[datetime, doc("When they were published.")]
    by: Annotated[str, doc("Who published them.")]


class DrawEntry(Record, frozen=True, table="draw_entry", key=("draw", "position")):
    """An entry. Its number says nothing of whose it is; ``link`` is the hash of all entries with this one."""

    draw: Annotated[str, doc("The draw's id.")]
    position: Annotated[int, doc("Its place among the entries, from 1.")]
    number: Annotated[str, doc("The number of whose entry it is.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    wallet: Annotated[str, doc("The wallet with which they joined.")]
    basis: Annotated[str | None, doc("The payment or coupon that it stands for, or null.")]
    link: Annotated[str, doc("The hash of all entries up to it.")]
    at: Annotated[datetime, doc("When they joined.")]
    by: Annotated[str, doc("Who asked for it.")]


class DrawEntrant(Entity, frozen=True, table="draw_entrant", key=("draw", "party")):
    """Somebody who joined: one number for all entries, whichever wallet or phone it was."""

    draw: Annotated[str, doc("The draw's id.")]
    party: Annotated[str, doc("The customer's id.")]
    number: Annotated[str, doc("The number of their entries.")]
    positions: Annotated[tuple[int, ...], doc("The places of their entries.")]
    bases: Annotated[tuple[str, ...], doc("The payments or coupons that they stand for.")]
    updated_at: Annotated[datetime, doc("When they last joined.")]


class DrawWin(Entity, frozen=True, table="draw_win", indexes={"draw": ("draw",)}):
    """Somebody who was drawn, with the prize that is theirs, or as an alternate."""

    id: Annotated[str, doc("The win's id.")]
    draw: Annotated[str, doc("The draw's id.")]
    rank: Annotated[int, doc("The rank at which it was drawn, from 1.")]
    position: Annotated[int, doc("The place of the entry, from 1.")]
    number: Annotated[str, doc("The entry's number.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    wallet: Annotated[str, doc("The wallet with which they joined.")]
    basis: Annotated[str | None, doc("The payment or coupon of the entry, or null.")]
    prize: Annotated[int | None, doc("Which prize, from 1; null for an alternate.")]
    drawn_prize: Annotated[int, doc("Which prize was drawn for it; 0 for an alternate.")]
    state: Annotated[WinState, doc("`waiting`, `offered`, `prize_claimed`, `collected`, `lapsed` or `passed`.")]
    claim_by: Annotated[datetime | None, doc("Before when the prize is claimed, or null.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger that paid it, or null.")]
    claimed_at: Annotated[datetime | None, doc("When it was claimed, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
