"""Agreed debits of loans with every attempt, and the figures by which due sums are collected."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class CollectionPolicy(
    Entity, frozen=True, table="collection_policy", key=("effective_from",), indexes={"rules": ("rules",)}
):
    """The figures by which due sums are collected, from a business date on.

    No agreed debit takes a wallet below ``floor`` fen.
    """

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    rules: Annotated[str, doc("The name of the set of rules.")]
    floor: Annotated[int, doc("What every agreed debit leaves in a wallet at least, in fen.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]


class DebitAgreement(Entity, frozen=True, table="debit_agreement", indexes={"loan": ("loan",), "active": ("active",)}):
    """A borrower has agreed that what falls due of a loan is taken out of their wallets. Amounts are in fen.

    ``active`` is the borrower's id while it counts. It counts from the day after it was given; a new one of the same
    loan ends the one before.
    """

    id: Annotated[str, doc("The agreement's id.")]
    loan: Annotated[str, doc("The loan that is repaid.")]
    party: Annotated[str, doc("The borrower's id.")]
    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    wallets: Annotated[tuple[str, ...], doc("The wallets that pay, the first one first.")]
    floor: Annotated[int, doc("What is left in each of them at least.")]
    active: Annotated[str | None, doc("The borrower's id while it counts, or null.")]
    channel: Annotated[str, doc("Where it was given.")]
    agreed_on: Annotated[date, doc("The business date on which it was given.")]
    at: Annotated[datetime, doc("When it was given.")]
    by: Annotated[str, doc("Who asked for it.")]
    ended_on: Annotated[date | None, doc("The business date on which it ended, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class DebitReason(enum.StrEnum):
    """What an attempt came to at a wallet.

    All that was owed was taken; a part, down to the floor; nothing was above the floor; frozen, locked or closed; a
    limit of the wallet stood in the way; something else did.
    """

    TAKEN = "taken"
    PART = "part"
    FLOOR = "floor"
    STOPPED = "stopped"
    LIMIT = "limit"
    REFUSED = "refused"


class DebitPart(msgspec.Struct, frozen=True):
    """What an attempt came to at one wallet."""

    wallet: Annotated[str, doc("The wallet.")]
    taken: Annotated[int, doc("What was taken out of it, in fen.")]
    floor: Annotated[int, doc("What had to be left in it, in fen.")]
    reason: Annotated[DebitReason, doc("What it came to: `taken`, `part`, `floor`, `stopped`, `limit` or `refused`.")]
    code: Annotated[str | None, doc("By which refusal, or null.")] = None


class DebitAttempt(Entity, frozen=True, table="debit_attempt", indexes={"day": ("loan", "on")}):
    """The attempt of a day to take what is due of a loan. There is one a day, whoever asks."""

    id: Annotated[str, doc("The attempt's id.")]
    loan: Annotated[str, doc("The loan.")]
    on: Annotated[date, doc("The business date.")]
    agreement: Annotated[str, doc("The agreement by which it was made.")]
    party: Annotated[str, doc("The borrower's id.")]
    asset: Annotated[str, doc("In which money.")]
    due: Annotated[int, doc("What had to be paid, in fen.")]
    taken: Annotated[int, doc("What was taken of it, in fen.")]
    reason: Annotated[DebitReason, doc("What it came to: that of the wallet that was asked last.")]
    parts: Annotated[tuple[DebitPart, ...], doc("What it came to at each wallet that was asked.")]
    at: Annotated[datetime, doc("When.")]
