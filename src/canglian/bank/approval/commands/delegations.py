"""Delegations: who votes for whom, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

from canglian.bank.approval.commands.values import Actor, DelegationId, Sentence
from canglian.bank.approval.model import Delegation
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.web.principal import Role

DAYS_MAX = 366

Instant = Annotated[datetime, Meta(tz=True)]


class Delegate(Command[Delegation], kind="approval.delegate"):
    """Let one person vote for another for a while. ``role`` is the sender's: only an administrator delegates for
    somebody else. Rejects ``delegation.self``, ``delegation.foreign`` and ``delegation.period_invalid``.
    """

    delegator: Actor
    delegate: Actor
    until: Instant
    reason: Sentence
    role: Role
    since: Instant | None = None

    def decide(self, book: Book) -> Delegation:
        if self.delegator == self.delegate:
            book.reject("delegation.self")
        if self.delegator != book.actor and self.role is not Role.ADMIN:
            book.reject("delegation.foreign", delegator=self.delegator)
        since, until = (self.since or book.now).astimezone(UTC), self.until.astimezone(UTC)
        if not since < until <= since + timedelta(days=DAYS_MAX) or until <= book.now:
            book.reject("delegation.period_invalid", most=DAYS_MAX)
        identity = book.new_id("dlg")
        book.emit("delegation.given", f"delegation:{identity}", delegator=self.delegator, delegate=self.delegate)
        return book.add(
            Delegation(
                identity,
                self.delegator,
                self.delegate,
                since,
                until,
                self.reason,
                book.now,
                book.actor,
                None,
            )
        )


class RevokeDelegation(Command[Delegation], kind="approval.revoke_delegation"):
    """End a delegation now. Rejects ``delegation.over`` and ``delegation.foreign``."""

    delegation: DelegationId
    role: Role

    def decide(self, book: Book) -> Delegation:
        found = book.get(Delegation, self.delegation)
        if found.delegator != book.actor and self.role is not Role.ADMIN:
            book.reject("delegation.foreign", delegator=found.delegator)
        if found.revoked_at is not None or found.until <= book.now:
            book.reject("delegation.over", delegation=found.id)
        book.emit("delegation.revoked", f"delegation:{found.id}", delegator=found.delegator, delegate=found.delegate)
        return book.put(found.replace(revoked_at=book.now))
