"""Why something cannot be done to a partner, an app or a key now."""

from canglian.bank.partner.model import AppState, Partner, PartnerApp, PartnerState


def in_review(partner: Partner) -> bool:
    """It waits for somebody who decides."""
    return partner.state is PartnerState.REVIEW


def is_active(partner: Partner) -> bool:
    """Its apps may call."""
    return partner.state is PartnerState.ACTIVE


def is_suspended(partner: Partner) -> bool:
    """Its apps are shut out for now."""
    return partner.state is PartnerState.SUSPENDED


def is_with_us(partner: Partner) -> bool:
    """It was let in, and has not left."""
    return partner.state in (PartnerState.ACTIVE, PartnerState.SUSPENDED)


def adding_apps(partner: Partner) -> str | None:
    """It gets a further app."""
    return None if is_active(partner) else "The partner has to be active."


def may_call(app: PartnerApp) -> bool:
    """It is active."""
    return app.state is AppState.ACTIVE


def app_suspended(app: PartnerApp) -> bool:
    """It is shut out for now."""
    return app.state is AppState.SUSPENDED


def app_living(app: PartnerApp) -> bool:
    """It has not ended."""
    return app.state is not AppState.ENDED
