"""What the room keeps: partners, their apps, the public keys of these, and how often they called."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.partner.scopes import Scope
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class PartnerState(enum.StrEnum):
    """``review`` → ``active`` ⇄ ``suspended`` → ``exited``; or ``refused``."""

    REVIEW = "review"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    EXITED = "exited"


class AppState(enum.StrEnum):
    """``active`` ⇄ ``suspended`` → ``ended``."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Partner(Entity, frozen=True, table="partner", indexes={"registration": ("registration",)}):
    """An organisation that embeds the bank."""

    id: Annotated[str, doc("The partner's id.")]
    name: Annotated[str, doc("What it is called.")]
    registration: Annotated[str, doc("Its unified social credit code.")]
    state: Annotated[PartnerState, doc("Where it stands.")]
    applied_at: Annotated[datetime, doc("When it was registered.")]
    applied_by: Annotated[str, doc("Who registered it.")]
    decided_at: Annotated[datetime | None, doc("When it was let in or refused, or null.")]
    decided_by: Annotated[str | None, doc("Who decided, or null.")]
    reason: Annotated[str | None, doc("Why it stands where it does, as far as somebody said so.")]


class PartnerApp(Entity, frozen=True, table="partner_app", indexes={"partner": ("partner",)}):
    """A program of a partner: what it may do, from where, and how often."""

    id: Annotated[str, doc("The app's id.")]
    partner: Annotated[str, doc("The partner that it is of.")]
    name: Annotated[str, doc("What it is called.")]
    scopes: Annotated[list[Scope], doc("What it may do.")]
    networks: Annotated[list[str], doc("The addresses and networks that it calls from; empty for any.")]
    rate_per_second: Annotated[int, doc("How many calls a second it may make for long.")]
    calls_per_day: Annotated[
        int | None, doc("How many calls are answered on a day, or null; refused ones do not count.")
    ]
    state: Annotated[AppState, doc("Where it stands.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
    reason: Annotated[str | None, doc("Why it stands where it does, as far as somebody said so.")]


class PartnerKey(Entity, frozen=True, table="partner_key", indexes={"app": ("app",), "public_key": ("public_key",)}):
    """A key by which the signatures of an app are verified. ``ends_at`` is when it stops to count.

    A shared secret is stored nowhere: it follows from the installation's key and from the id.
    """

    id: Annotated[str, doc("The key's id; with the book's number before it, what requests name as `keyid`.")]
    app: Annotated[str, doc("The app that it is of.")]
    algorithm: Annotated[str, doc("What it signs with: `ed25519`, `rsa-pss-sha512` or `hmac-sha256`.")]
    public_key: Annotated[str | None, doc("The base64 of its 32 bytes, or of its DER form; null for a shared secret.")]
    created_at: Annotated[datetime, doc("When it was registered.")]
    created_by: Annotated[str, doc("Who registered it.")]
    ends_at: Annotated[datetime | None, doc("When it ends or ended, or null.")]


class PartnerUsage(Entity, frozen=True, table="partner_usage", key=("app", "day")):
    """How often an app called on a day."""

    app: Annotated[str, doc("The app.")]
    day: Annotated[date, doc("The day in Shanghai.")]
    calls: Annotated[int, doc("How many calls were answered.")]
    refused: Annotated[int, doc("How many of them were refused.")]
