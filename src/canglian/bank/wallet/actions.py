"""What can be done to a wallet, and to transfers between wallets: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.wallet import availability, requests
from canglian.bank.wallet.api import bodies, money, statements, transfers
from canglian.bank.wallet.api import wallets as api
from canglian.bank.wallet.api.paths import DevicePath, MovePath, PocketPath, WalletPath
from canglian.bank.wallet.commands import (
    AddDevice,
    ChangeSubWallet,
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
from canglian.bank.wallet.rules import first_products
from canglian.kernel.values import EARLIEST
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
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
_HOLDER = Input(name="party", help="The customer with the mobile of this wallet.", applies=availability.is_anonymous)
_DEPOSIT = Input(name="deposit", help="A deposit account of the holder.", applies=availability.is_anonymous)

PRODUCTS = tuple((product.code, f"product.{product.code}") for product in first_products(EARLIEST))
"""The codes of all products with their titles."""


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
    resolve={"mobile": requests.mobile, "number": requests.number, "channel": requests.channel},
    form=Form(
        title="Open a wallet",
        submit="Open the wallet",
        inputs=(
            Input(name="product", label="Product", choices=PRODUCTS, initial="wallet.ecny2"),
            Input(name="party", label="Holder"),
            Input(name="mobile", label="Mobile", help="Instead of a holder, tier 4 only. Encrypted before storage."),
            Input(name="deposit", help="A deposit account of the holder."),
            Input(name="name", help="What the holder calls it; empty for the product's name."),
            Input(name="within", label="Within", help="Such as village:7; empty for none."),
        ),
    ),
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
    resolve={"number": requests.number, "channel": requests.channel},
    form=Form(title="Open a sub-wallet", applies=availability.may_have_subs),
)
CHANGE_SUB = _act(
    ChangeSubWallet,
    "change-sub",
    "Change the name, the merchant or the bounds of a sub-wallet.",
    form=Form(title="Change limits", submit="Change", applies=availability.is_sub),
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
    form=Form(
        title="Upgrade remotely",
        submit="Upgrade",
        inputs=(
            Input(name="product", label="Product"),
            _HOLDER,
            _DEPOSIT,
            Input(name="deposit", applies=availability.is_known),
        ),
        applies=availability.has_higher_tier,
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
    form=Form(
        title="Upgrade face to face",
        submit="Upgrade",
        confirm="Verify the holder and upgrade this wallet? Its limits change immediately.",
        note="You have seen the holder and the document. The holder is verified face to face, and an e-CNY wallet "
        "becomes one of tier 1.",
        inputs=(
            _HOLDER,
            Input(name="document", label="The document in hand"),
            _DEPOSIT,
            Input(name="deposit", applies=availability.lacks_deposit),
            Input(name="place", label="Where"),
        ),
        unavailable=availability.raised,
    ),
)
LOCK = _act(
    LockWallet,
    "lock",
    "Let a wallet stand still.",
    _below("lockWallet", "lock", body="LockRequest", body_help="Who lets the wallet stand still, and why."),
    form=Form(
        title="Lock by the bank",
        submit="Lock",
        confirm="Lock this wallet? No transactions until the bank unlocks it.",
        danger=True,
        fixed={"locked_by": LockedBy.BANK},
    ),
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
    form=Form(title="Unlock it", submit="Unlock"),
)
REPORT_LOSS = _act(
    ReportLoss,
    "report-loss",
    "The holder's phone is gone: nothing is paid out any more.",
    _below("reportWalletLost", "loss", body=ReasonBody),
    form=Form(
        title="Report it lost",
        confirm="Report this wallet lost? Payments will be blocked.",
        danger=True,
    ),
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
    form=Form(
        title="Lift the loss",
        inputs=(Input(name="document", label="The document in hand", applies=availability.is_known),),
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
CLOSE_AT_COUNTER = _act(
    CloseWallet,
    "close",
    CLOSE.help,
    fixed={**_COUNTER, "pin": None},
    form=Form(
        title="Close the wallet",
        confirm="Close this wallet permanently? The balance is transferred to the holder's deposit account.",
        danger=True,
        omit=("deposit",),
    ),
)
RESET_PIN = _act(
    ResetPin,
    "reset-pin",
    "An operator has made sure of the holder: the PIN is forgotten and set anew.",
    _below("resetWalletPin", "pin/reset", PinStanding, body=ReasonBody),
    form=Form(
        title="Reset the PIN",
        confirm="Reset this PIN? Verify the holder first; the holder then sets a new one.",
    ),
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
    form=Form(title="Remove", confirm="Take this device off the list?", applies=availability.is_listed),
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
    form=Form(
        title="Open a pocket",
        inputs=(
            Input(name="pocket_kind", label="Kind", family="pocket"),
            Input(name="name"),
            Input(name="asset", label="Asset", help="A points asset for points, that of the wallet for benefits."),
            Input(name="purpose", label="Purpose", help="Of benefits such as benefit:village7."),
        ),
    ),
)
CLOSE_POCKET = _act(
    ClosePocket,
    "close-pocket",
    "Close an empty pocket.",
    _below("closeWalletPocket", "pockets/{pocket:str}/close", PocketView),
    target=("wallet", "pocket"),
    form=Form(
        title="Close it",
        confirm="Close this pocket permanently?",
        applies=availability.is_open,
        unavailable=availability.emptied,
    ),
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
    form=Form(
        title="Reverse",
        confirm="Reverse this transfer in full? The money is returned.",
        danger=True,
        applies=availability.may_be_reversed,
        trial=availability.reversed_whole,
    ),
)

TRIED = (SEEN, LOCK, UNLOCK_BY_BANK, REPORT_LOSS, LIFT_LOSS, RESET_PIN, OPEN_SUB, OPEN_POCKET, CLOSE_AT_COUNTER)
"""What the page of a wallet tries, to say why not now."""

ON_ROWS = (REVERSE, CLOSE_POCKET, REMOVE_DEVICE)
ON_PAGE = (
    *(SEEN, UPGRADE, LOCK, UNLOCK_BY_BANK, REPORT_LOSS, LIFT_LOSS, RESET_PIN, OPEN_SUB, OPEN_POCKET),
    CLOSE_AT_COUNTER,
)
"""What the page of a wallet offers, in its order; ``CHANGE_SUB`` stands before them."""

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
    handlers=(*api.handlers, *money.handlers, *statements.handlers),
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
