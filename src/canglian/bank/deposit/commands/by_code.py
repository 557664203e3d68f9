"""Confirming a bound account by a code that was sent to its holder's mobile.

Where an SMS service is connected the system makes the code, sends it, and compares what is typed by its keyed hash. The
holder requests one with ``AskBindingCode``. Elsewhere the service that keeps the codes decides.
"""

from datetime import timedelta

from canglian.bank.deposit.commands.binding import confirmed, open_binding
from canglian.bank.deposit.commands.values import BoundId
from canglian.bank.deposit.model import BindingState, BoundAccount, Confirmation
from canglian.bank.party.codes import CodeIndex
from canglian.bank.party.rules import policy_in_force
from canglian.kernel.command import Command
from canglian.kernel.crypto import same_secret
from canglian.kernel.values import OwnReference
from canglian.ledger.book import Book


class AskBindingCode(Command[BoundAccount], kind="deposit.ask_binding_code"):
    """Ask for a code, the first time or again. How many, and how soon after each other, the figures for people say.

    Rejects ``bound_account.state``, ``.expired``, ``.codes_spent`` and ``.code_soon``.
    """

    bound_account: BoundId

    def decide(self, book: Book) -> BoundAccount:
        bound = open_binding(book, self.bound_account, BindingState.CHECKED, BindingState.CONFIRMING)
        policy = policy_in_force(book)
        if bound.codes >= policy.code_sends:
            book.reject("bound_account.codes_spent", most=policy.code_sends)
        if bound.code_asked_at is not None:
            again_at = bound.code_asked_at + timedelta(seconds=policy.code_pause_seconds)
            if book.now < again_at:
                book.reject("bound_account.code_soon", seconds=-((book.now - again_at) // timedelta(seconds=1)))
        book.emit("binding.code_asked", f"bound_account:{bound.id}", bound_account=bound.id)
        return book.put(bound.replace(codes=bound.codes + 1, code_asked_at=book.now, updated_at=book.now))


class SendBindingCode(Command[BoundAccount], kind="deposit.send_binding_code"):
    """A code was sent to the holder's mobile, the first time or again.

    ``code`` is its keyed hash where the system made it; it counts for some minutes.
    """

    bound_account: BoundId
    reference: OwnReference
    code: CodeIndex | None = None

    def decide(self, book: Book) -> BoundAccount:
        bound = open_binding(book, self.bound_account, BindingState.CHECKED, BindingState.CONFIRMING)
        minutes = timedelta(minutes=policy_in_force(book).code_minutes)
        return book.put(
            bound.replace(
                state=BindingState.CONFIRMING,
                confirmation=Confirmation.SMS,
                confirmation_reference=self.reference,
                code_index=self.code,
                code_until=None if self.code is None else book.now + minutes,
                updated_at=book.now,
            )
        )


class TypeBindingCode(Command[BoundAccount], kind="deposit.type_binding_code"):
    """The holder typed a code; ``code`` is its keyed hash. It counts once, and the last wrong one ends the binding.

    Rejects ``bound_account.state``, ``.expired``, ``.code_missing`` where none counts, and ``.code_expired``.
    """

    bound_account: BoundId
    code: CodeIndex

    def decide(self, book: Book) -> BoundAccount:
        bound = open_binding(book, self.bound_account, BindingState.CONFIRMING)
        if bound.code_index is None or bound.code_until is None:
            book.reject("bound_account.code_missing")
        if bound.code_until <= book.now:
            book.reject("bound_account.code_expired", until=bound.code_until.isoformat(timespec="seconds"))
        right = same_secret(self.code, bound.code_index)
        answered = confirmed(book, bound, right=right, reference=bound.confirmation_reference)
        over = right or answered.state.is_over
        return book.put(answered.replace(code_index=None, code_until=None)) if over else answered


class ConfirmByCode(Command[BoundAccount], kind="deposit.confirm_by_code"):
    """The holder typed a code; the service that keeps the codes says whether it is right."""

    bound_account: BoundId
    matched: bool
    reference: OwnReference

    def decide(self, book: Book) -> BoundAccount:
        bound = open_binding(book, self.bound_account, BindingState.CONFIRMING)
        if bound.confirmation is not Confirmation.SMS:
            book.reject("bound_account.state", state=bound.state.value)
        return confirmed(book, bound, right=self.matched, reference=self.reference)
