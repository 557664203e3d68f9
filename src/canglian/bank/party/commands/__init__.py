"""The use cases of parties, one subject a file."""

from canglian.bank.party.commands.consents import GiveConsent, WithdrawConsent
from canglian.bank.party.commands.documents import AddDocument
from canglian.bank.party.commands.entrance import (
    AskSignInCode,
    ChooseSignIn,
    EndPersonSession,
    EndPersonSessions,
    IntroducePerson,
    LetClaimLapse,
    NoteProof,
    SeePersonSession,
    TypeSignInCode,
)
from canglian.bank.party.commands.intent import NoteIntentCheck, StateNoOwners
from canglian.bank.party.commands.leaving import (
    EndRelationship,
    EraseParty,
    ExportPersonalData,
    MergeParties,
    ResumeRelationship,
    UnmaskParty,
)
from canglian.bank.party.commands.lists import AddListEntry, EndListEntry
from canglian.bank.party.commands.looking import ReadUnmasking
from canglian.bank.party.commands.openings import (
    AskCheck,
    CheckLiveness,
    ConfirmCode,
    ExpireOpening,
    GiveAccount,
    MatchElements,
    NoteRefusal,
    ReviewOpening,
    SendCode,
    StartOpening,
    SubmitDocument,
    TypeCode,
)
from canglian.bank.party.commands.parties import ChangeParty, RateRisk, RegisterParty, RenameParty, VerifyFaceToFace
from canglian.bank.party.commands.policy import AddPartyPolicy
from canglian.bank.party.commands.roles import AddBeneficialOwner, AddRole, EndBeneficialOwner, EndRole

__all__ = [
    "AddBeneficialOwner",
    "AddDocument",
    "AddListEntry",
    "AddPartyPolicy",
    "AddRole",
    "AskCheck",
    "AskSignInCode",
    "ChangeParty",
    "CheckLiveness",
    "ChooseSignIn",
    "ConfirmCode",
    "EndBeneficialOwner",
    "EndListEntry",
    "EndPersonSession",
    "EndPersonSessions",
    "EndRelationship",
    "EndRole",
    "EraseParty",
    "ExpireOpening",
    "ExportPersonalData",
    "GiveAccount",
    "GiveConsent",
    "IntroducePerson",
    "LetClaimLapse",
    "MatchElements",
    "MergeParties",
    "NoteIntentCheck",
    "NoteProof",
    "NoteRefusal",
    "RateRisk",
    "ReadUnmasking",
    "RegisterParty",
    "RenameParty",
    "ResumeRelationship",
    "ReviewOpening",
    "SeePersonSession",
    "SendCode",
    "StartOpening",
    "StateNoOwners",
    "SubmitDocument",
    "TypeCode",
    "TypeSignInCode",
    "UnmaskParty",
    "VerifyFaceToFace",
    "WithdrawConsent",
]
