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
from canglian.bank.purpose.commands.importing import ImportPurposeGrants
from canglian.bank.purpose.commands.passing import ClawBackPurposeGrant, PayOutPurposeGrants, TransferPurposeGrant
from canglian.bank.purpose.commands.prepaid import (
    BuyPrepaidCard,
    ClosePrepaidOffer,
    GiveBackPrepaidCards,
    OpenPrepaidOffer,
    RefundPrepaidCard,
)
from canglian.bank.purpose.commands.templates import AddPurposeTemplate

__all__ = [
    "AddPurposeTemplate",
    "BuyPrepaidCard",
    "ClawBackPurposeGrant",
    "ClosePrepaidOffer",
    "DraftPurposeContract",
    "ExpirePurposeContract",
    "FundPurposeContract",
    "GiveBackPrepaidCards",
    "GrantLine",
    "ImportPurposeGrants",
    "IssuePurposeGrants",
    "OpenPrepaidOffer",
    "PayOutPurposeGrants",
    "RefundPrepaidCard",
    "ReleasePurposeContract",
    "ResumePurposeContract",
    "RevokePurposeGrant",
    "SignPurposeContract",
    "SuspendPurposeContract",
    "TerminatePurposeContract",
    "TransferPurposeGrant",
    "WindUpPurposeContract",
]
