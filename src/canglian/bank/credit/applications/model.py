"""Applications for credit."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.decision.engine.inputs import Scalar
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class ApplicationState(enum.StrEnum):
    """Submitted to a person; decided to be refused, and not sent yet; offered; signed; drawn; refused; expired."""

    SUBMITTED = "submitted"
    DECIDED = "decided"
    OFFERED = "offered"
    SIGNED = "signed"
    DRAWN = "drawn"
    REFUSED = "refused"
    EXPIRED = "expired"


class Trade(enum.StrEnum):
    """What somebody lives from."""

    FARMING = "farming"
    SHOP = "shop"
    SOLAR = "solar"
    OTHER = "other"


class CreditApplication(
    Entity, frozen=True, table="credit_application", indexes={"open": ("open",), "party": ("party",)}
):
    """Somebody asks for a limit of a loan product, and what became of it.

    ``inputs`` are what the rules were given; the identity number itself is never among them. ``text`` is the contract
    as it is signed, ``text_hash`` its SHA-256. ``open`` is party and product until it is signed or has ended: nobody
    has two of them.
    """

    id: Annotated[str, doc("The application's id.")]
    party: Annotated[str, doc("Who applies: the customer's id.")]
    product: Annotated[str, doc("The loan product's code.")]
    version: Annotated[int, doc("The version of the product in force when it was submitted.")]
    amount: Annotated[int, doc("The limit that is asked for, in fen.")]
    months: Annotated[int, doc("The term that is meant, in months.")]
    purpose: Annotated[str, doc("What the money is for.")]
    inputs: Annotated[dict[str, Scalar], doc("What the rules were given.")]
    state: Annotated[
        ApplicationState,
        doc("`submitted`, `decided`, `offered`, `signed`, `drawn`, `refused` or `expired`."),
    ]
    channel: Annotated[str, doc("Where it was submitted.")]
    open: Annotated[str | None, doc("Party and product until it is signed or has ended, or null.")]
    verdict: Annotated[str | None, doc("What the rules said: `approve`, `refuse` or `person`.")]
    reasons: Annotated[tuple[str, ...], doc("Why the rules said no, in plain words.")]
    why_person: Annotated[str | None, doc("Why the rules left it to a person, as a code, or null.")]
    rule_version: Annotated[int, doc("The version of the rules; 0 where none decided.")]
    rule_hash: Annotated[str, doc("The hash of the rules.")]
    limit: Annotated[int | None, doc("The limit that is offered, in fen, or null.")]
    rate_ppm: Annotated[int | None, doc("The yearly rate that is offered, in millionths, or null.")]
    refusal: Annotated[str | None, doc("What the customer is told in place of an offer, or null.")]
    text: Annotated[str | None, doc("The contract, or null.")]
    text_hash: Annotated[str | None, doc("Its SHA-256, or null.")]
    offer_until: Annotated[date | None, doc("The last business date on which the offer is signed, or null.")]
    facility: Annotated[str | None, doc("The facility that the signature made or changed, or null.")]
    submitted_at: Annotated[datetime, doc("When it was submitted.")]
    submitted_by: Annotated[str, doc("Who submitted it.")]
    decided_at: Annotated[datetime | None, doc("When it was decided, or null.")]
    decided_by: Annotated[str | None, doc("Who decided it, or null.")]
    signed_at: Annotated[datetime | None, doc("When it was signed, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    reason: Annotated[str | None, doc("Why somebody decided so, or null.")] = None


class SigningCode(Entity, frozen=True, table="signing_code", key=("application",)):
    """The codes by which an application is signed: how many were asked for, and the keyed hash of the one that counts.

    ``asked_today`` counts those within a day of the first of them; ``wrong`` how often the last one was typed wrongly.
    """

    application: str
    asked: int
    asked_today: int
    since: datetime
    asked_at: datetime
    code_index: str | None
    until: datetime | None
    wrong: int
