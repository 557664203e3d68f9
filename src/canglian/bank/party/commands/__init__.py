"""The use cases of parties, one subject a file."""

from canglian.bank.party.commands.consents import GiveConsent, WithdrawConsent
from canglian.bank.party.commands.documents import AddDocument
from canglian.bank.party.commands.leaving import (
    EndRelationship,
    EraseParty,
    ExportPersonalData,
    MergeParties,
    ResumeRelationship,
    UnmaskParty,
)
from canglian.bank.party.commands.lists import AddListEntry, EndListEntry
from canglian.bank.party.commands.openings import (
    CheckLiveness,
    ConfirmCode,
    ExpireOpening,
    MatchElements,
    ReviewOpening,
    SendCode,
    StartOpening,
    SubmitDocument,
)
from canglian.bank.party.commands.parties import ChangeParty, RateRisk, RegisterParty, VerifyFaceToFace
from canglian.bank.party.commands.policy import AddPartyPolicy
from canglian.bank.party.commands.roles import AddBeneficialOwner, AddRole, EndBeneficialOwner, EndRole

__all__ = [
    "AddBeneficialOwner",
    "AddDocument",
    "AddListEntry",
    "AddPartyPolicy",
    "AddRole",
    "ChangeParty",
    "CheckLiveness",
    "ConfirmCode",
    "EndBeneficialOwner",
    "EndListEntry",
    "EndRelationship",
    "EndRole",
    "EraseParty",
    "ExpireOpening",
    "ExportPersonalData",
    "GiveConsent",
    "MatchElements",
    "MergeParties",
    "RateRisk",
    "RegisterParty",
    "ResumeRelationship",
    "ReviewOpening",
    "SendCode",
    "StartOpening",
    "SubmitDocument",
    "UnmaskParty",
    "VerifyFaceToFace",
    "WithdrawConsent",
]
