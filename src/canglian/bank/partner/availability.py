"""Why something cannot be done to a partner, an app or a key now."""

import msgspec

from canglian.bank.partner.model import AppState, Partner, PartnerApp, PartnerState


class PartnerShown(msgspec.Struct, frozen=True):
    """A partner as it is shown to somebody who has registered it, or has not."""

    partner: Partner
    is_own: bool


def in_review(shown: PartnerShown) -> bool:
    """It waits for somebody who decides."""
    return shown.partner.state is PartnerState.REVIEW


def deciding(shown: PartnerShown) -> str | None:
    """It is let in, or not."""
    return "You registered it; another person decides." if shown.is_own else None


def is_active(shown: PartnerShown) -> bool:
    """Its apps may call."""
    return shown.partner.state is PartnerState.ACTIVE


def is_suspended(shown: PartnerShown) -> bool:
    """Its apps are shut out for now."""
    return shown.partner.state is PartnerState.SUSPENDED


def is_with_us(shown: PartnerShown) -> bool:
    """It was let in, and has not left."""
    return shown.partner.state in (PartnerState.ACTIVE, PartnerState.SUSPENDED)


def adding_apps(shown: PartnerShown) -> str | None:
    """It gets a further app."""
    return None if is_active(shown) else "The partner has to be active."


def may_call(app: PartnerApp) -> bool:
    """It is active."""
    return app.state is AppState.ACTIVE


def app_suspended(app: PartnerApp) -> bool:
    """It is shut out for now."""
    return app.state is AppState.SUSPENDED


def app_living(app: PartnerApp) -> bool:
    """It has not ended."""
    return app.state is not AppState.ENDED
