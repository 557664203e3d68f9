"""The use cases of shopping seasons, one subject a file; imported together so that they can be decided and replayed."""

import canglian.scenario.shopping.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.scenario.shopping.commands.bureaus import ChangeBureau, OpenBureau
from canglian.scenario.shopping.commands.copying import CopySeason
from canglian.scenario.shopping.commands.joining import (
    AdmitMerchant,
    CompleteLeaving,
    DeclineMerchant,
    InviteMerchant,
    JoinCampaign,
    LeaveCampaign,
)
from canglian.scenario.shopping.commands.noting import ClearNote, ConfirmNote, NoteMerchant
from canglian.scenario.shopping.commands.seasons import AddCampaign, AddTheme, ChangeTheme, OpenSeason

__all__ = [
    "AddCampaign",
    "AddTheme",
    "AdmitMerchant",
    "ChangeBureau",
    "ChangeTheme",
    "ClearNote",
    "CompleteLeaving",
    "ConfirmNote",
    "CopySeason",
    "DeclineMerchant",
    "InviteMerchant",
    "JoinCampaign",
    "LeaveCampaign",
    "NoteMerchant",
    "OpenBureau",
    "OpenSeason",
]
