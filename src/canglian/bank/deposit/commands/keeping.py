"""What becomes of an account: dormant, served again, upgraded."""

from typing import Annotated

from canglian.bank.deposit.commands.interest import DEPOSIT_INTEREST
from canglian.bank.deposit.commands.opening import refuse_many
from canglian.bank.deposit.commands.values import AccountId, ProductCode
from canglian.bank.deposit.model import AccountState, DepositAccount, DepositInterest, ProductClass
from canglian.bank.deposit.rules import months_after, product_in_force, require_active_account
from canglian.bank.party import Level, Party, PartyDocument
from canglian.bank.party.commands.documents import DocumentId
from canglian.bank.party.rules import active_party, is_valid
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Name
from canglian.ledger.book import Book


class MarkDormant(Command[DepositAccount], kind="deposit.mark_dormant"):
    """An account had no movement within the time of its product: it is served at the counter only.

    Rejects ``deposit_account.moved``, ``.not_due``, and ``.dormant`` the second time.
    """

    account: AccountId

    def decide(self, book: Book) -> DepositAccount:
        account = require_active_account(book, self.account)
        if account.state is not AccountState.ACTIVE:
            book.reject(f"deposit_account.{account.state.value}", deposit_account=account.id)
        if account.moved_on is not None:
            book.reject("deposit_account.moved", deposit_account=account.id, moved_on=account.moved_on.isoformat())
        if account.dormant_on is None or account.dormant_on > book.today:
            due_on = "—" if account.dormant_on is None else account.dormant_on.isoformat()
            book.reject("deposit_account.not_due", deposit_account=account.id, due_on=due_on)
        book.emit("deposit_account.fell_dormant", f"deposit_account:{account.id}", deposit_account=account.id)
        return book.put(account.replace(state=AccountState.DORMANT, updated_at=book.now))


class ReactivateAccount(Command[DepositAccount], kind="deposit.reactivate_account"):
    """The holder of a dormant account was verified again at the counter, with a valid document.

    Rejects ``deposit_account.not_dormant``, ``deposit_account.document_needed``.
    """

    account: AccountId
    document: Annotated[DocumentId, doc("The document in hand.")]
    place: Annotated[Name, doc("Where.")]

    def decide(self, book: Book) -> DepositAccount:
        account = require_active_account(book, self.account)
        if account.state is not AccountState.DORMANT:
            book.reject("deposit_account.not_dormant", deposit_account=account.id)
        _holder_with_document(book, account, self.document)
        months = product_in_force(book, account.product).dormancy_months
        again = months_after(book.today, months) if months else None
        book.emit("deposit_account.reactivated", f"deposit_account:{account.id}", deposit_account=account.id)
        return book.put(account.replace(state=AccountState.ACTIVE, dormant_on=again, updated_at=book.now))


class UpgradeAccount(Command[DepositAccount], kind="deposit.upgrade_account"):
    """Raise an account to what its holder has been verified for since, or from class III to a product of class II.

    Rejects ``deposit_account.level_needed``, ``.upgraded_already``, ``.upgrade_unknown``, ``deposit_product.per_party``
    and, where its interest is not accrued yet, ``deposit_account.interest_behind``.
    """

    account: AccountId
    product: Annotated[ProductCode | None, doc("A product of class II, or left out.")] = None

    def decide(self, book: Book) -> DepositAccount:
        account = require_active_account(book, self.account)
        if account.state is not AccountState.ACTIVE:
            book.reject(f"deposit_account.{account.state.value}", deposit_account=account.id)
        if account.party is None:
            book.reject("deposit_account.internal", deposit_account=account.id)
        party = active_party(book, account.party)
        changed = self._verified(book, account, party) if self.product is None else self._raised(book, account, party)
        book.emit(
            "deposit_account.upgraded",
            f"deposit_account:{account.id}",
            deposit_account=account.id,
            product=changed.product,
            level=changed.level.value,
        )
        return book.put(changed.replace(updated_at=book.now))

    def _verified(self, book: Book, account: DepositAccount, party: Party) -> DepositAccount:
        if account.level is Level.FACE_TO_FACE:
            book.reject("deposit_account.upgraded_already", deposit_account=account.id)
        if party.level is not Level.FACE_TO_FACE:
            book.reject("deposit_account.level_needed", needed=Level.FACE_TO_FACE.value, level=party.level.value)
        return account.replace(level=Level.FACE_TO_FACE)

    def _raised(self, book: Book, account: DepositAccount, party: Party) -> DepositAccount:
        product = product_in_force(book, self.product or "")
        if product.code == account.product:
            book.reject("deposit_account.upgraded_already", deposit_account=account.id)
        wanted = (account.product_class, product.product_class)
        if wanted != (ProductClass.CLASS3, ProductClass.CLASS2) or product.asset != account.asset:
            book.reject(
                "deposit_account.upgrade_unknown",
                product_class=account.product_class.value,
                asked=product.product_class.value,
                field="product",
            )
        if not product.active:
            book.reject("deposit_product.ended", product=product.code)
        refuse_many(book, party.id, product)
        interest = DEPOSIT_INTEREST.caught_up(book, book.get(DepositInterest, account.account))
        book.put(interest.replace(product=product.code))
        level = account.level if account.level.rank >= party.level.rank else party.level
        return account.replace(product=product.code, product_class=product.product_class, level=level)


def _holder_with_document(book: Book, account: DepositAccount, identity: str) -> Party:
    """The holder of an account, with a valid document of theirs in hand."""
    if account.party is None:
        book.reject("deposit_account.internal", deposit_account=account.id)
    party = active_party(book, account.party)
    document = book.get(PartyDocument, identity)
    if document.party != party.id or not is_valid(document, book.today):
        book.reject("deposit_account.document_needed", field="document")
    return party
