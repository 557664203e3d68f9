"""Binding an account at another bank.

    CHECKING ─ elements agree ─▶ CHECKED ─ small transfer, or code sent ─▶ CONFIRMING ─ amount or code right ─▶ ACTIVE

An answer that comes twice, or late, changes nothing.
"""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from canglian.bank.deposit.commands.ordering import order_one_cent
from canglian.bank.deposit.commands.values import AccountId, Bank, BoundId
from canglian.bank.deposit.model import BindingState, BoundAccount, Confirmation, RailOrder, RailState
from canglian.bank.deposit.rules import policy_in_force, product_in_force, require_active_account
from canglian.bank.party import Level
from canglian.bank.party import rules as party_rules
from canglian.bank.party.rules import active_party
from canglian.bank.party.sealing import SealedText
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, doc
from canglian.kernel.values import Amount, Reference
from canglian.ledger.book import Book


class BindAccount(Command[BoundAccount], kind="deposit.bind_account"):
    """Begin to bind an account of the same holder at another bank; its bank is asked for the elements.

    Rejects ``bound_account.too_many``, ``bound_account.bound_already``, ``deposit_account.internal``.
    """

    account: AccountId
    number: SealedText
    bank: Bank

    def decide(self, book: Book) -> BoundAccount:
        account = require_active_account(book, self.account)
        if account.party is None:
            book.reject("deposit_account.internal", deposit_account=account.id)
        party = active_party(book, account.party)
        standing = [bound for bound in book.find(BoundAccount, "account", account.id) if not bound.state.is_over]
        for other in standing:
            if other.number_index == self.number.index:
                book.reject("bound_account.bound_already", other=other.id, field="number")
        most = product_in_force(book, account.product).bound_max
        if len(standing) >= most:
            book.reject("bound_account.too_many", deposit_account=account.id, held=len(standing), most=most)
        identity = book.new_id("bnd")
        book.emit("binding.requested", f"bound_account:{identity}", bound_account=identity)
        return book.add(
            BoundAccount(
                id=identity,
                account=account.id,
                party=party.id,
                bank=self.bank,
                number_sealed=self.number.sealed,
                number_mask=self.number.mask,
                number_index=self.number.index,
                state=BindingState.CHECKING,
                elements=0,
                elements_reference=None,
                confirmation=None,
                confirmation_reference=None,
                order=None,
                tries=0,
                outcome=None,
                created_at=book.now,
                created_by=book.actor,
                updated_at=book.now,
                expires_at=book.now + timedelta(hours=policy_in_force(book).confirmation_hours),
            )
        )


class AnswerElements(Command[BoundAccount], kind="deposit.answer_elements"):
    """The other bank compared the elements (要素). The first answer counts, a later one changes nothing."""

    bound_account: BoundId
    elements: Annotated[int, Meta(ge=1, le=5)]
    matched: bool
    reference: Reference

    def decide(self, book: Book) -> BoundAccount:
        bound = book.get(BoundAccount, self.bound_account)
        if bound.state is not BindingState.CHECKING:
            return bound
        least = party_rules.policy_in_force(book).elements
        noted = bound.replace(elements=self.elements, elements_reference=self.reference, updated_at=book.now)
        if not self.matched or self.elements < least:
            return _reject(book, noted, "elements_failed" if not self.matched else "elements_few")
        book.emit("bound_account.checked", f"bound_account:{bound.id}", bound_account=bound.id)
        return book.put(noted.replace(state=BindingState.CHECKED))


class ConfirmByTransfer(Command[BoundAccount], kind="deposit.confirm_by_transfer"):
    """Send a small amount to the account, which its holder confirms. After a failed one, another is sent."""

    bound_account: BoundId

    def decide(self, book: Book) -> BoundAccount:
        bound = open_binding(book, self.bound_account, BindingState.CHECKED, BindingState.CONFIRMING)
        if bound.order is not None and book.get(RailOrder, bound.order).state is not RailState.FAILED:
            book.reject("bound_account.state", state=bound.state.value)
        order = order_one_cent(book, bound, policy_in_force(book).confirmation_max)
        return book.put(
            bound.replace(
                state=BindingState.CONFIRMING,
                confirmation=Confirmation.ONE_CENT,
                order=order.id,
                updated_at=book.now,
            )
        )


class ConfirmAmount(Command[BoundAccount], kind="deposit.tell_transfer"):
    """The holder confirms the amount received, or its reference. Wrong too often, the binding is rejected.

    Rejects ``bound_account.told_nothing``, ``bound_account.state``, ``bound_account.expired``.
    """

    bound_account: BoundId
    amount: Annotated[Amount | None, doc("What came in, in fen.")] = None
    reference: Annotated[Reference | None, doc("The reference that stood with it.")] = None

    def decide(self, book: Book) -> BoundAccount:
        if self.amount is None and self.reference is None:
            book.reject("bound_account.told_nothing")
        bound = open_binding(book, self.bound_account, BindingState.CONFIRMING)
        order = None if bound.order is None else book.get(RailOrder, bound.order)
        if order is None or order.state is RailState.FAILED:
            book.reject("bound_account.state", state=bound.state.value)
        right = self.amount in (None, order.amount) and self.reference in (None, order.reference)
        return confirmed(book, bound, right=right, reference=order.id)


class ExpireBinding(Command[BoundAccount], kind="deposit.expire_binding"):
    """End a binding whose time has passed. Rejects ``bound_account.not_due`` before that."""

    bound_account: BoundId

    def decide(self, book: Book) -> BoundAccount:
        bound = book.get(BoundAccount, self.bound_account)
        if bound.state.is_over or bound.state is BindingState.ACTIVE:
            book.reject("bound_account.state", state=bound.state.value)
        if bound.expires_at > book.now:
            book.reject("bound_account.not_due", expires_at=bound.expires_at.isoformat())
        return _reject(book, bound, "expired")


class EndBinding(Command[BoundAccount], kind="deposit.end_binding"):
    """Let go of a bound account. An account that was opened from afar keeps one (``bound_account.last``)."""

    bound_account: BoundId
    reason: Reason

    def decide(self, book: Book) -> BoundAccount:
        bound = book.get(BoundAccount, self.bound_account)
        if bound.state.is_over:
            book.reject("bound_account.state", state=bound.state.value)
        account = require_active_account(book, bound.account)
        for order in book.find(RailOrder, "account", account.id):
            if order.bound_account == bound.id and not order.state.is_final:
                book.reject("deposit_account.orders_open", deposit_account=account.id, other=order.id)
        others = [
            other
            for other in book.find(BoundAccount, "account", account.id)
            if other.state is BindingState.ACTIVE and other.id != bound.id
        ]
        if bound.state is BindingState.ACTIVE and account.level is not Level.FACE_TO_FACE and not others:
            book.reject("bound_account.last", deposit_account=account.id)
        book.emit(
            "bound_account.ended", f"bound_account:{bound.id}", bound_account=bound.id, deposit_account=account.id
        )
        return book.put(bound.replace(state=BindingState.ENDED, outcome=self.reason, updated_at=book.now))


def open_binding(book: Book, identity: str, *states: BindingState) -> BoundAccount:
    """A binding on its way, in one of some states. Rejects ``bound_account.state`` and ``bound_account.expired``."""
    bound = book.get(BoundAccount, identity)
    if bound.state not in states:
        book.reject("bound_account.state", state=bound.state.value)
    if bound.expires_at <= book.now:
        book.reject("bound_account.expired", expires_at=bound.expires_at.isoformat())
    require_active_account(book, bound.account)
    return bound


def confirmed(book: Book, bound: BoundAccount, *, right: bool, reference: str | None) -> BoundAccount:
    """Record a confirmation: the account is active, or one try less is left."""
    noted = bound.replace(confirmation_reference=reference, updated_at=book.now)
    if right:
        book.emit(
            "bound_account.activated",
            f"bound_account:{bound.id}",
            bound_account=bound.id,
            deposit_account=bound.account,
        )
        return book.put(noted.replace(state=BindingState.ACTIVE))
    tried = noted.replace(tries=noted.tries + 1)
    if tried.tries >= policy_in_force(book).confirmation_tries:
        return _reject(book, tried, "confirmation_failed")
    return book.put(tried)


def _reject(book: Book, bound: BoundAccount, outcome: str) -> BoundAccount:
    book.emit("bound_account.rejected", f"bound_account:{bound.id}", bound_account=bound.id, outcome=outcome)
    return book.put(bound.replace(state=BindingState.REJECTED, outcome=outcome, updated_at=book.now))
