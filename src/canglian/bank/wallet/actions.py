"""What can be done to a wallet, and to transfers between wallets: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.wallet import requests
from canglian.bank.wallet.api import bodies, money, transfers
from canglian.bank.wallet.api import wallets as api
from canglian.bank.wallet.api.paths import DevicePath, MovePath, PocketPath, WalletPath
from canglian.bank.wallet.commands import (
    AddDevice,
    ClosePocket,
    CloseWallet,
    ExchangeMoney,
    LiftLoss,
    LockWallet,
    OpenPocket,
    OpenSubWallet,
    OpenWallet,
    PayByCode,
    PinStanding,
    RechargeWallet,
    RemoveDevice,
    ReportLoss,
    ResetPin,
    ReverseWalletTransfer,
    TakeByCode,
    TransferBetweenWallets,
    TrustDevice,
    UnlockWallet,
    UpgradeFaceToFace,
    UpgradeWallet,
    WithdrawFromWallet,
)
from canglian.bank.wallet.model import LockedBy, WalletExchange
from canglian.bank.wallet.queries import moves, wallets
from canglian.bank.wallet.queries.moves import MoveView
from canglian.bank.wallet.queries.wallets import DeviceView, PocketView, WalletView, device_view, pocket_view, view
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.principal import Permission

_VIEWS = {
    WalletView: view,
    DeviceView: device_view,
    PocketView: pocket_view,
    MoveView: moves.view,
    money.WalletOrder: money.order_view,
}
_API = {"channel": "api"}
_COUNTER = {"channel": "counter"}


def _below(operation_id: str, path: str, response: Any = WalletView, **more: Any) -> Route:
    """A route below a wallet, which answers the wallet where it says nothing else."""
    path, shown = f"/{{wallet:str}}/{path}", _VIEWS.get(response)
    return Route(operation_id=operation_id, path=path, response=response, view=shown, **more)


def _act(command: Any, name: str, help_: str, route: Route | None = None, **more: Any) -> Action:
    """What an operator does to a wallet."""
    target = more.pop("target", ("wallet",))
    return Action(
        command=command, name=name, help=help_, permission=Permission.POST, target=target, route=route, **more
    )


OPEN = _act(
    OpenWallet,
    "open",
    "Open a wallet. Its number is allotted and sealed; a mobile is sealed before anything is logged.",
    Route(operation_id="openWallet", status=201, response=WalletView, view=view, body=bodies.WalletRequest),
    target=(),
    fixed=_API,
    resolve={"mobile": requests.mobile, "number": requests.number},
)
OPEN_SUB = _act(
    OpenSubWallet,
    "open-sub",
    "Open a sub-wallet, under the caps of its parent and bounds of its own.",
    _below(
        "openSubWallet",
        "sub-wallets",
        status=201,
        body="SubWalletRequest",
        body_help="A sub-wallet to be opened, for a merchant or a use of its own.",
    ),
    target=("parent",),
    fixed=_API,
    resolve={"number": requests.number},
)
UPGRADE = _act(
    UpgradeWallet,
    "upgrade",
    "Raise an e-CNY wallet to a higher tier.",
    _below(
        "upgradeWallet",
        "upgrade",
        body="WalletUpgradeRequest",
        body_help="The tier to raise a wallet to; ``party`` for one that is anonymous.",
    ),
)
SEEN = _act(
    UpgradeFaceToFace,
    "upgrade-face-to-face",
    "The holder was seen with a document: verify them, and raise the wallet with them.",
    _below(
        "upgradeWalletFaceToFace",
        "face-to-face",
        body="SeenRequest",
        body_help="The document that the holder had in hand, and where.",
    ),
)
LOCK = _act(
    LockWallet,
    "lock",
    "Let a wallet stand still.",
    _below("lockWallet", "lock", body="LockRequest", body_help="Who lets the wallet stand still, and why."),
)
UNLOCK = _act(
    UnlockWallet,
    "unlock",
    "Let it move again; its holder with the PIN.",
    _below("unlockWallet", "unlock", body=bodies.UnlockRequest),
    fixed=_API,
    resolve={"pin": requests.pin},
)
UNLOCK_BY_BANK = _act(
    UnlockWallet,
    "unlock",
    "Let a wallet move again, whoever locked it.",
    fixed={**_COUNTER, "unlocked_by": LockedBy.BANK, "pin": None},
)
REPORT_LOSS = _act(
    ReportLoss,
    "report-loss",
    "The holder's phone is gone: nothing is paid out any more.",
    _below("reportWalletLost", "loss", body=ReasonBody),
)
LIFT_LOSS = _act(
    LiftLoss,
    "lift-loss",
    "An operator has seen the holder, with a document.",
    _below(
        "liftWalletLoss",
        "loss/lift",
        body="LiftRequest",
        body_help="Why a loss is lifted, and the document that the holder had in hand.",
    ),
)
CLOSE = _act(
    CloseWallet,
    "close",
    "Close a wallet for good; what it still has goes to its holder's deposit account.",
    _below("closeWallet", "close", body=bodies.CloseRequest),
    fixed=_API,
    resolve={"pin": requests.pin},
)
CLOSE_AT_COUNTER = _act(CloseWallet, "close", CLOSE.help, fixed={**_COUNTER, "pin": None})
RESET_PIN = _act(
    ResetPin,
    "reset-pin",
    "An operator has made sure of the holder: the PIN is forgotten and set anew.",
    _below("resetWalletPin", "pin/reset", PinStanding, body=ReasonBody),
)

ADD_DEVICE = _act(
    AddDevice,
    "add-device",
    "Put a device on the list. What it says it is stays a blind index.",
    _below("addWalletDevice", "devices", DeviceView, status=201, body=bodies.DeviceRequest),
    resolve={"fingerprint": requests.fingerprint},
)
TRUST_DEVICE = _act(
    TrustDevice,
    "trust-device",
    "Trust a device.",
    _below("trustWalletDevice", "devices/{device:str}/trust", DeviceView),
    target=("wallet", "device"),
)
REMOVE_DEVICE = _act(
    RemoveDevice,
    "remove-device",
    "Take a device off the list.",
    _below("removeWalletDevice", "devices/{device:str}/remove", DeviceView),
    target=("wallet", "device"),
)
OPEN_POCKET = _act(
    OpenPocket,
    "open-pocket",
    "Open a pocket of points or benefits.",
    _below(
        "openWalletPocket",
        "pockets",
        PocketView,
        status=201,
        body="PocketRequest",
        body_help="A pocket to be opened.",
    ),
    names={"pocket_kind": "kind"},
)
CLOSE_POCKET = _act(
    ClosePocket,
    "close-pocket",
    "Close an empty pocket.",
    _below("closeWalletPocket", "pockets/{pocket:str}/close", PocketView),
    target=("wallet", "pocket"),
)

RECHARGE = _act(
    RechargeWallet,
    "recharge",
    "Ask for money from a bound account. It is in the wallet when the rail says that it came.",
    _below("rechargeWallet", "recharge", money.WalletOrder, status=201, body=bodies.WalletRailRequest),
    fixed=_API,
    resolve={"pin": requests.pin},
)
WITHDRAW = _act(
    WithdrawFromWallet,
    "withdraw",
    "Send money to a bound account. It is held now and leaves when the rail says that it went.",
    _below("withdrawFromWallet", "withdraw", money.WalletOrder, status=201, body=bodies.WalletRailRequest),
    fixed=_API,
    resolve={"pin": requests.pin},
)
EXCHANGE = _act(
    ExchangeMoney,
    "exchange",
    "Turn deposit money of the holder into e-CNY in the wallet, or back.",
    _below("exchangeMoney", "exchange", WalletExchange, status=201, body=bodies.ExchangeRequest),
    fixed=_API,
    resolve={"pin": requests.pin},
)
TAKE = _act(
    TakeByCode,
    "take",
    "Take money into this wallet by the payer's pay code.",
    _below("takeByCode", "take", MoveView, status=201, body=bodies.TakeRequest),
    fixed=_API,
    resolve={"code_digest": requests.code},
)
PAY = _act(
    PayByCode,
    "pay",
    "Pay from this wallet by the payee's collect code, with the PIN.",
    _below("payByCode", "pay", MoveView, status=201, body=bodies.PayRequest),
    fixed=_API,
    resolve={"code_digest": requests.code, "pin": requests.pin},
)
TRANSFER = _act(
    TransferBetweenWallets,
    "transfer",
    "Move money from one wallet to another, with the payer's PIN.",
    Route(
        operation_id="transferBetweenWallets",
        status=201,
        response=MoveView,
        view=moves.view,
        body=bodies.WalletTransferRequest,
    ),
    target=(),
    fixed=_API,
    resolve={"payee": requests.payee, "pin": requests.payer_pin},
)
REVERSE = _act(
    ReverseWalletTransfer,
    "reverse",
    "Undo a transfer in full, and give back what was counted for it.",
    Route(
        operation_id="reverseWalletTransfer",
        path="/{move:str}/reverse",
        status=201,
        response=MoveView,
        view=moves.view,
        body=ReasonBody,
    ),
    target=("transfer",),
)

WALLETS = Resource(
    name="wallet",
    path="/wallets",
    tag="wallets",
    actions=(
        UPGRADE,
        SEEN,
        LOCK,
        UNLOCK_BY_BANK,
        REPORT_LOSS,
        LIFT_LOSS,
        RESET_PIN,
        TRUST_DEVICE,
        REMOVE_DEVICE,
        OPEN_POCKET,
        CLOSE_POCKET,
        CLOSE_AT_COUNTER,
    ),
    parameters={"wallet": WalletPath, "device": DevicePath, "pocket": PocketPath},
    handlers=(*api.handlers, *money.handlers),
    listing=Listing(
        read=wallets.wallets,
        filter=wallets.WalletFilter,
        columns=("id", "product", "party", "number", "name", "state", "balance", "opened_on"),
    ),
    show=wallets.masked,
)

OF_HOLDERS = Resource(
    name="wallet-of-holder",
    path="/wallets",
    tag="wallets",
    actions=(OPEN, OPEN_SUB, UNLOCK, CLOSE, ADD_DEVICE, RECHARGE, WITHDRAW, EXCHANGE, TAKE, PAY),
    parameters=WALLETS.parameters,
)
"""What takes a mobile, a PIN, a code or a device's id: the API has it, the command line has not."""

TRANSFERS = Resource(
    name="wallet-transfer",
    path="/wallet-transfers",
    tag="wallets",
    actions=(TRANSFER, REVERSE),
    parameters={"move": MovePath},
    handlers=transfers.handlers,
)

RESOURCES = (WALLETS, OF_HOLDERS, TRANSFERS)
