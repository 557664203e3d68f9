"""What is done to wallets that is worth two pairs of eyes, as those who vote read it."""

from typing import Any

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.wallet.commands import CloseWallet, LiftLoss, ReverseWalletTransfer, UpgradeFaceToFace
from canglian.bank.wallet.model import Wallet, WalletTransfer
from canglian.bank.wallet.moving import balance_of
from canglian.ledger.book import Book
from canglian.web.form import Input

_WALLET = Input(name="wallet", label="Wallet")


def _about(book: Book, identity: str) -> tuple[Wallet, list[Fact]]:
    """A wallet by its mask, and how it stands."""
    wallet = book.get(Wallet, identity)
    facts = [
        Fact("Wallet", "code", wallet.id, note=wallet.number_mask),
        Fact("Product", "code", wallet.product, watched=True),
        Fact("State", "state", wallet.state.value, watched=True),
    ]
    if wallet.party is not None:
        facts.append(Fact("Holder", "holder", wallet.party))
    return wallet, facts


def _raising(book: Book, command: UpgradeFaceToFace) -> Description:
    wallet, facts = _about(book, command.wallet)
    facts += [Fact("Document", "code", command.document), Fact("Where", "text", command.place)]
    return Description(f"wallet:{wallet.id}", facts)


def _closing(book: Book, command: CloseWallet) -> Description:
    wallet, facts = _about(book, command.wallet)
    held = balance_of(book, wallet)
    facts += [Fact("Balance", "money", held, asset=wallet.asset, watched=True), Fact("Reason", "text", command.reason)]
    return Description(f"wallet:{wallet.id}", facts, held, wallet.asset)


def _lifting(book: Book, command: LiftLoss) -> Description:
    wallet, facts = _about(book, command.wallet)
    return Description(f"wallet:{wallet.id}", [*facts, Fact("Reason", "text", command.reason)])


def _reversal(book: Book, command: ReverseWalletTransfer) -> Description:
    first = book.get(WalletTransfer, command.transfer)
    facts = [
        Fact("Amount", "money", first.amount, asset=first.asset),
        Fact("Wallet transfer", "code", first.id),
        Fact("From", "code", first.payer),
        Fact("To", "code", first.payee),
        Fact("Day", "day", first.on.isoformat()),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"wallet:{first.payer}", facts, first.amount, first.asset)


def _wallet(wallet: Any) -> str:
    return f"wallet:{wallet.id}"


_MORE: dict[str, Any] = {"outcome": _wallet}

approvable(
    Approvable(
        UpgradeFaceToFace,
        "Upgrade a wallet face to face",
        _raising,
        outcome=_wallet,
        fields=(
            _WALLET,
            Input(name="document", label="Document"),
            Input(name="place", label="Where"),
        ),
    )
)
approvable(
    Approvable(
        CloseWallet,
        "Close a wallet",
        _closing,
        fields=(_WALLET, Input(name="channel", label="Channel", choices=(("counter", "channel.counter"),))),
        reason="reason",
        **_MORE,
    )
)
approvable(
    Approvable(
        LiftLoss,
        "Lift a loss report",
        _lifting,
        fields=(_WALLET, Input(name="document", label="Document")),
        reason="reason",
        **_MORE,
    )
)
approvable(
    Approvable(
        ReverseWalletTransfer,
        "Reverse a wallet payment",
        _reversal,
        outcome=lambda back: f"wallet_transfer:{back.id}",
        matter=lambda command: f"wallet_reversal:{command.transfer}",
        fields=(Input(name="transfer", label="Wallet transfer", kind="wallet_transfer"),),
        reason="reason",
    )
)
