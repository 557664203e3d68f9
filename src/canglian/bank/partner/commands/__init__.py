"""The use cases of partners."""

from canglian.bank.partner.commands.apps import AddApp, ChangeApp, EndApp, ResumeApp, SuspendApp
from canglian.bank.partner.commands.keys import AddKey, AddSecret, RevokeKey
from canglian.bank.partner.commands.partners import (
    AcceptPartner,
    ExitPartner,
    RefusePartner,
    RegisterPartner,
    ResumePartner,
    SuspendPartner,
)
from canglian.bank.partner.commands.usage import Calls, CountCalls

__all__ = [
    "AcceptPartner",
    "AddApp",
    "AddKey",
    "AddSecret",
    "Calls",
    "ChangeApp",
    "CountCalls",
    "EndApp",
    "ExitPartner",
    "RefusePartner",
    "RegisterPartner",
    "ResumeApp",
    "ResumePartner",
    "RevokeKey",
    "SuspendApp",
    "SuspendPartner",
]
