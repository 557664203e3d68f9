"""A higher tier for a holder who has shown more, from afar or face to face."""

from typing import Annotated

from canglian.bank.deposit.commands import UpgradeAccount
from canglian.bank.party import Level, Party
from canglian.bank.party.commands import VerifyFaceToFace
from canglian.bank.party.rules import active_party
from canglian.bank.wallet.commands.interest import change_product
from canglian.bank.wallet.commands.locking import DocumentId
from canglian.bank.wallet.commands.opening import own_deposit, refuse_holder, refuse_many
from canglian.bank.wallet.commands.values import Funding, Holder, ProductCode, WalletId
from canglian.bank.wallet.model import Wallet, WalletKind, WalletProduct
from canglian.bank.wallet.rules import product_in_force, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Name
from canglian.ledger.book import Book


class UpgradeWallet(Command[Wallet], kind="wallet.upgrade"):
    """Raise an e-CNY wallet to a higher tier, whose caps apply at once; its sub-wallets go with it.

    An anonymous wallet gets a holder: a party with the same mobile. Rejects ``wallet.not_ecny``, ``.not_parent``,
    ``.tier_not_higher``, ``.mobile_unlike``, and what a new wallet of the product is refused for.
    """

    wallet: WalletId
    product: ProductCode
    party: Holder = None
    deposit: Funding = None

    def decide(self, book: Book) -> Wallet:
        wallet = _parent(book, self.wallet)
        product = product_in_force(book, self.product)
        if wallet.kind is not WalletKind.ECNY or product.kind is not WalletKind.ECNY:
            book.reject("wallet.not_ecny", wallet=wallet.id)
        if not product.active:
            book.reject("wallet_product.ended", product=product.code)
        if product.tier is None or wallet.tier is None or product.tier >= wallet.tier:
            book.reject("wallet.tier_not_higher", wallet=wallet.id, tier=product.tier, now=wallet.tier)
        party = self._holder(book, wallet, product)
        refuse_holder(book, party, product)
        refuse_many(book, party.id, product)
        deposit = wallet.deposit
        if self.deposit is not None:
            deposit = own_deposit(book, self.deposit, party.id).id
        if product.account and deposit is None:
            book.reject("wallet_product.account_needed", product=product.code, field="deposit")
        return raised(book, wallet, product, party, deposit)

    def _holder(self, book: Book, wallet: Wallet, product: WalletProduct) -> Party:
        if wallet.party is not None:
            return active_party(book, wallet.party)
        if self.party is None:
            book.reject("wallet_product.party_needed", product=product.code, field="party")
        party = active_party(book, self.party)
        if party.mobile_index is None or party.mobile_index != wallet.mobile_index:
            book.reject("wallet.mobile_unlike", party=party.id, field="party")
        return party


class UpgradeFaceToFace(Command[Wallet], kind="wallet.upgrade_face_to_face"):
    """An operator has seen the holder with a document: the holder is verified, and the wallet is raised with them.

    An e-CNY wallet becomes one of tier 1; an e-wallet and its Class II account take money of others from now on.
    Rejects what ``VerifyFaceToFace`` and ``UpgradeWallet`` do, and ``wallet.upgraded_already``.
    """

    wallet: WalletId
    document: DocumentId
    place: Annotated[Name, doc("Where it was.")]
    party: Holder = None
    deposit: Funding = None

    def decide(self, book: Book) -> Wallet:
        wallet = _parent(book, self.wallet)
        holder = wallet.party or self.party
        if holder is None:
            book.reject("wallet_product.party_needed", product=wallet.product, field="party")
        if active_party(book, holder).level is not Level.FACE_TO_FACE:
            VerifyFaceToFace(party=holder, document=self.document, place=self.place).decide(book)
        elif wallet.level is Level.FACE_TO_FACE and wallet.tier in (None, 1):
            book.reject("wallet.upgraded_already", wallet=wallet.id)
        if wallet.kind is WalletKind.ECNY:
            asked = UpgradeWallet(wallet=wallet.id, product="wallet.ecny1", party=self.party, deposit=self.deposit)
            return asked.decide(book)
        return self._raise_account(book, wallet, book.get(Party, holder))

    def _raise_account(self, book: Book, wallet: Wallet, party: Party) -> Wallet:
        """The deposit account of an e-wallet is raised with it."""
        account = own_deposit(book, wallet.deposit or "", party.id)
        if account.level is not Level.FACE_TO_FACE:
            UpgradeAccount(account=account.id).decide(book)
        return raised(book, wallet, product_in_force(book, wallet.product), party, wallet.deposit)


def raised(book: Book, wallet: Wallet, product: WalletProduct, party: Party, deposit: str | None) -> Wallet:
    """Put a wallet, and its sub-wallets, under a product and a level."""
    book.emit(
        "wallet.upgraded",
        f"wallet:{wallet.id}",
        wallet=wallet.id,
        before=wallet.product,
        product=product.code,
        level=party.level.value,
    )
    change_product(book, wallet, product.code)
    for sub in book.find(Wallet, "parent", wallet.id) if wallet.sub_wallets else ():
        change_product(book, sub, product.code)
        book.put(
            sub.replace(product=product.code, tier=product.tier, party=party.id, level=party.level, updated_at=book.now)
        )
    return book.put(
        wallet.replace(
            product=product.code,
            tier=product.tier,
            party=party.id,
            mobile_sealed=None,
            mobile_mask=None,
            mobile_index=None,
            deposit=deposit,
            level=party.level,
            updated_at=book.now,
        )
    )


def _parent(book: Book, identity: str) -> Wallet:
    wallet = require_active_wallet(book, identity)
    if wallet.parent is not None:
        book.reject("wallet.not_parent", wallet=wallet.id)
    return wallet
