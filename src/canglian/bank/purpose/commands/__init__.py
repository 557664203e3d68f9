"""The use cases of money for a purpose, one subject a file."""

from canglian.bank.purpose.commands.contracts import (
    DraftPurposeContract,
    FundPurposeContract,
    ReleasePurposeContract,
    ResumePurposeContract,
    SignPurposeContract,
    SuspendPurposeContract,
)
from canglian.bank.purpose.commands.ending import (
    ExpirePurposeContract,
    TerminatePurposeContract,
    WindUpPurposeContract,
)
from canglian.bank.purpose.commands.grants import GrantLine, IssuePurposeGrants, RevokePurposeGrant
from canglian.bank.purpose.commands.templates import AddPurposeTemplate

__all__ = [
    "AddPurposeTemplate",
    "DraftPurposeContract",
    "ExpirePurposeContract",
    "FundPurposeContract",
    "GrantLine",
    "IssuePurposeGrants",
    "ReleasePurposeContract",
    "ResumePurposeContract",
    "RevokePurposeGrant",
    "SignPurposeContract",
    "SuspendPurposeContract",
    "TerminatePurposeContract",
    "WindUpPurposeContract",
]
