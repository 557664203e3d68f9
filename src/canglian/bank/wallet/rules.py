"""What decisions about wallets share: the versions in force, and wallets that may be decided about."""

from datetime import date, datetime
from typing import Final

from canglian.bank.party import Level
from canglian.bank.wallet.model import LockedBy, Wallet, WalletKind, WalletPolicy, WalletProduct, WalletState
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RULES = "wallet"
BEGINNING = date(2000, 1, 1)
"""From when the first version of the figures applies."""

SYSTEM = "system:wallet"

COUNTER = "counter"
WITH_PIN = frozenset(("api", "mobile"))
"""The channels where nobody of the bank stands beside the holder: what is paid takes the payment PIN."""


def first_products(at: datetime) -> list[WalletProduct]:
    """The products that a book begins with, from the regulations as they are known; a bank adds its own versions."""

    def product(
        kind: WalletKind,
        name: str,
        *,
        tier: int | None = None,
        level: Level = Level.REMOTE,
        document: bool = False,
        account: bool = True,
        anonymous: bool = False,
        rate_ppm: int = 500,
        sub_wallets_max: int = 20,
    ) -> WalletProduct:
        asset = "CNY" if kind is WalletKind.EWALLET else "ECNY"
        return WalletProduct(
            code=code_of(kind, tier),
            version=1,
            kind=kind,
            tier=tier,
            name=name,
            asset=asset,
            head="2011",
            level=level,
            document=document,
            account=account,
            anonymous=anonymous,
            rate_ppm=rate_ppm,
            day_count=360,
            per_party_max=None,
            sub_wallets_max=sub_wallets_max,
            active=True,
            effective_from=BEGINNING,
            note="",
            created_at=at,
            created_by=SYSTEM,
        )

    ecny = WalletKind.ECNY
    return [
        product(WalletKind.EWALLET, "电子钱包", rate_ppm=0, sub_wallets_max=0),
        product(ecny, "数字人民币一类钱包", tier=1, level=Level.FACE_TO_FACE, document=True),
        product(ecny, "数字人民币二类钱包", tier=2),
        product(ecny, "数字人民币三类钱包", tier=3, level=Level.NONE, document=True, account=False),
        product(
            ecny,
            "数字人民币四类钱包",
            tier=4,
            level=Level.NONE,
            account=False,
            anonymous=True,
            rate_ppm=0,
            sub_wallets_max=0,
        ),
        product(WalletKind.ECNY_CORPORATE, "数字人民币对公钱包", level=Level.FACE_TO_FACE, sub_wallets_max=500),
    ]


def first_policy(at: datetime) -> WalletPolicy:
    """The figures that a book begins with."""
    return WalletPolicy(
        effective_from=BEGINNING,
        rules=RULES,
        number_prefix="8806",
        code_seconds=60,
        pay_code_max=100_000,
        pin_tries=5,
        pin_lock_minutes=1440,
        devices_max=5,
        pockets_max=50,
        note="",
        added_at=at,
        added_by=SYSTEM,
    )


def code_of(kind: WalletKind, tier: int | None) -> str:
    """The code of a product of a kind and tier, by which rules about limits know it."""
    return f"wallet.{kind.value}{tier or ''}"


PRODUCTS: Final = Versioned(
    WalletProduct, "code", lambda book, code: [product for product in first_products(book.now) if product.code == code]
)
POLICIES: Final = Versioned(WalletPolicy, "rules", lambda book, rules: [first_policy(book.now)])


def product_in_force(book: Book, code: str) -> WalletProduct:
    """The version of a product in force on the business date. Rejects ``wallet_product.not_found``."""
    return PRODUCTS.get(book, code)


def policy_in_force(book: Book) -> WalletPolicy:
    """The figures in force on the business date; a book begins with ``first_policy``."""
    return POLICIES.on(book, RULES, book.today) or first_policy(book.now)


def require_active_wallet(book: Book, identity: str) -> Wallet:
    """A wallet that is not closed. Rejects ``wallet.not_found`` and ``wallet.closed``."""
    wallet = book.get(Wallet, identity)
    if wallet.state is WalletState.CLOSED:
        book.reject("wallet.closed", wallet=identity)
    return wallet


def refuse_stopped_out(book: Book, wallet: Wallet) -> None:
    """Refuse what a locked or lost wallet would pay. Rejects ``wallet.locked``, ``.lost`` and ``.closed``."""
    if wallet.state is not WalletState.ACTIVE:
        if wallet.locked_by is LockedBy.BANK:
            book.reject("wallet.locked_whole", wallet=wallet.id)
        book.reject(f"wallet.{wallet.state.value}", wallet=wallet.id)


def refuse_stopped_in(book: Book, wallet: Wallet) -> None:
    """Refuse what would come into a wallet that is closed, or that the bank has locked."""
    if wallet.state is WalletState.CLOSED:
        book.reject("wallet.closed", wallet=wallet.id)
    if wallet.locked_by is LockedBy.BANK:
        book.reject("wallet.locked_whole", wallet=wallet.id)
