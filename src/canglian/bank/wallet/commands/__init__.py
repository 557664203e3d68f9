"""The use cases of wallets, one subject a file."""

from canglian.bank.wallet.commands.closing import CloseWallet
from canglian.bank.wallet.commands.codes import PayByCode, ShowCode, TakeByCode
from canglian.bank.wallet.commands.configuration import AddWalletPolicy, SetWalletProduct
from canglian.bank.wallet.commands.devices import AddDevice, RemoveDevice, TrustDevice
from canglian.bank.wallet.commands.interest import (
    AccrueWalletInterest,
    FinishWalletInterestDay,
    SettleWalletInterest,
)
from canglian.bank.wallet.commands.locking import LiftLoss, LockWallet, ReportLoss, UnlockWallet
from canglian.bank.wallet.commands.money import ExchangeMoney, RechargeWallet, WithdrawFromWallet
from canglian.bank.wallet.commands.onboarding import OnboardPeople
from canglian.bank.wallet.commands.opening import (
    AllotWalletNumbers,
    ChangeSubWallet,
    OpenSubWallet,
    OpenWallet,
    Row,
)
from canglian.bank.wallet.commands.pins import AskPin, NotePin, PinStanding, ResetPin, SetPin
from canglian.bank.wallet.commands.pockets import ClosePocket, OpenPocket
from canglian.bank.wallet.commands.transfers import ReverseWalletTransfer, TransferBetweenWallets, TryPayer
from canglian.bank.wallet.commands.upgrading import UpgradeFaceToFace, UpgradeWallet

__all__ = [
    "AccrueWalletInterest",
    "AddDevice",
    "AddWalletPolicy",
    "AllotWalletNumbers",
    "AskPin",
    "ChangeSubWallet",
    "ClosePocket",
    "CloseWallet",
    "ExchangeMoney",
    "FinishWalletInterestDay",
    "LiftLoss",
    "LockWallet",
    "NotePin",
    "OnboardPeople",
    "OpenPocket",
    "OpenSubWallet",
    "OpenWallet",
    "PayByCode",
    "PinStanding",
    "RechargeWallet",
    "RemoveDevice",
    "ReportLoss",
    "ResetPin",
    "ReverseWalletTransfer",
    "Row",
    "SetPin",
    "SetWalletProduct",
    "SettleWalletInterest",
    "ShowCode",
    "TakeByCode",
    "TransferBetweenWallets",
    "TrustDevice",
    "TryPayer",
    "UnlockWallet",
    "UpgradeFaceToFace",
    "UpgradeWallet",
    "WithdrawFromWallet",
]
