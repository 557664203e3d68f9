"""Apps of partners: what they may do, from where and how often; suspended, ended."""

import msgspec

from canglian.bank.partner.commands.values import (
    AppId,
    Networks,
    PartnerId,
    PartnerName,
    Quota,
    Rate,
    ReasonText,
    Scopes,
)
from canglian.bank.partner.model import AppState, Partner, PartnerApp, PartnerState
from canglian.kernel.book import Book
from canglian.kernel.command import Command


class AddApp(Command[PartnerApp], kind="partner.add_app"):
    """A program of a partner that has been let in. Rejects ``partner.state``."""

    partner: PartnerId
    name: PartnerName
    scopes: Scopes = msgspec.field(default_factory=list)
    networks: Networks = msgspec.field(default_factory=list)
    rate_per_second: Rate = 100
    calls_per_day: Quota = None

    def decide(self, book: Book) -> PartnerApp:
        partner = book.get(Partner, self.partner)
        if partner.state is not PartnerState.ACTIVE:
            book.reject("partner.state", state=partner.state.value)
        app = PartnerApp(
            id=book.new_id("app"),
            partner=partner.id,
            name=self.name,
            scopes=sorted(set(self.scopes)),
            networks=list(self.networks),
            rate_per_second=self.rate_per_second,
            calls_per_day=self.calls_per_day,
            state=AppState.ACTIVE,
            created_at=book.now,
            created_by=book.actor,
            reason=None,
        )
        book.emit("partner_app.added", f"partner:{partner.id}", partner=partner.id, app=app.id)
        return book.add(app)


class ChangeApp(Command[PartnerApp], kind="partner.change_app"):
    """Other scopes, networks or bounds for an app, as a whole. Rejects ``partner_app.state``."""

    app: AppId
    scopes: Scopes = msgspec.field(default_factory=list)
    networks: Networks = msgspec.field(default_factory=list)
    rate_per_second: Rate = 100
    calls_per_day: Quota = None

    def decide(self, book: Book) -> PartnerApp:
        app = living(book, self.app)
        book.emit("partner_app.changed", f"partner:{app.partner}", partner=app.partner, app=app.id)
        return book.put(
            app.replace(
                scopes=sorted(set(self.scopes)),
                networks=list(self.networks),
                rate_per_second=self.rate_per_second,
                calls_per_day=self.calls_per_day,
            )
        )


class _Step(Command[PartnerApp]):
    """A step of an app."""

    app: AppId

    def step(self, book: Book, begins: tuple[AppState, ...], state: AppState, reason: str | None) -> PartnerApp:
        """The app in its new state. Rejects ``partner_app.not_found`` and ``partner_app.state``."""
        app = book.get(PartnerApp, self.app)
        if app.state not in begins:
            book.reject("partner_app.state", state=app.state.value)
        book.emit(f"partner_app.{state.value}", f"partner:{app.partner}", partner=app.partner, app=app.id)
        return book.put(app.replace(state=state, reason=reason))


class SuspendApp(_Step, kind="partner.suspend_app"):
    """Shut an app out until it is resumed. Rejects ``partner_app.state``."""

    reason: ReasonText

    def decide(self, book: Book) -> PartnerApp:
        return self.step(book, (AppState.ACTIVE,), AppState.SUSPENDED, self.reason)


class ResumeApp(_Step, kind="partner.resume_app"):
    """Let an app call again. Rejects ``partner_app.state``."""

    def decide(self, book: Book) -> PartnerApp:
        return self.step(book, (AppState.SUSPENDED,), AppState.ACTIVE, None)


class EndApp(_Step, kind="partner.end_app"):
    """Shut an app out for good. Rejects ``partner_app.state``."""

    reason: ReasonText

    def decide(self, book: Book) -> PartnerApp:
        return self.step(book, (AppState.ACTIVE, AppState.SUSPENDED), AppState.ENDED, self.reason)


def living(book: Book, identity: str) -> PartnerApp:
    """An app that has not ended. Rejects ``partner_app.not_found`` and ``partner_app.state``."""
    app = book.get(PartnerApp, identity)
    if app.state is AppState.ENDED:
        book.reject("partner_app.state", state=app.state.value)
    return app
