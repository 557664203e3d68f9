"""Organisations that reach the bank through its API: their onboarding, apps, keys, scopes and exit.

Owns the tables partner, partner_app, partner_key and partner_usage. Promises: a partner is let in by a second person;
a request of an app is answered only with a valid signature of one of its keys, from an address and for a scope that
the app has, within its rate and its quota of the day; keys overlap while one takes the place of another; who leaves is
shut out at once, and for good.
"""

import canglian.bank.partner.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.partner.model import AppState, Partner, PartnerApp, PartnerKey, PartnerState, PartnerUsage
from canglian.bank.partner.scopes import Scope, embeds

__all__ = [
    "AppState",
    "Partner",
    "PartnerApp",
    "PartnerKey",
    "PartnerState",
    "PartnerUsage",
    "Scope",
    "embeds",
]
