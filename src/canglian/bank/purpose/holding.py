"""Money of a grant that is set aside for a payment, and taken later, in one or several parts.

``reserve`` asks all that paying asks, and counts as a use. When it is taken the payee is looked at again: ``allows``
says whether it may still have it. What was set aside before a contract or grant ended is not paid any more, and is let
go; where the contract is suspended it waits. The bonus of a
prepaid card is not set aside; it catches up at the next use.
"""

from canglian.bank.purpose import rules
from canglian.bank.purpose.model import ContractState, GrantState, MovementKind, PurposeContract, PurposeGrant
from canglian.bank.purpose.model import PurposeMovement as Movement
from canglian.bank.purpose.moving import CODES, ENDED, LIVING, changed, note, release_of
from canglian.bank.purpose.rules import Payee
from canglian.bank.purpose.spending import ask
from canglian.ledger.book import Book
from canglian.ledger.model import Hold


def reserve(
    book: Book, grant: PurposeGrant, account: int, amount: int, payee: Payee, *, reference: str | None = None
) -> Hold:
    """Set money of a grant aside for the account in which a payee is owed money. Rejects as paying it does."""
    if grant.bonus_of is not None:
        book.reject("purpose_grant.bonus_alone", purpose_grant=grant.id)
    contract = ask(book, grant, payee, amount)
    held = book.hold(
        contract.account,
        account,
        amount,
        CODES[MovementKind.SPENT],
        reference=reference,
        release=release_of(contract),
    )
    after = grant.replace(held=grant.held + amount, uses=grant.uses + 1, state=GrantState.ACTIVE, updated_at=book.now)
    book.put(after)
    changed(book, contract, held=amount)
    return held


def allows(book: Book, grant: PurposeGrant, payee: Payee) -> bool:
    """Whether what was set aside of a grant may still go to a payee, which may have changed meanwhile."""
    contract = book.get(PurposeContract, grant.contract)
    if grant.state not in LIVING or contract.state in ENDED or book.today > contract.valid_until:
        return False
    return rules.refused_payee(contract.rules, payee) is None


def capture(
    book: Book, grant: PurposeGrant, hold: int, amount: int, payee: Payee, *, reference: str | None = None
) -> Movement:
    """Take part of what was set aside. Rejects ``purpose.suspended`` and what the ledger does."""
    contract = book.get(PurposeContract, grant.contract)
    if contract.state is ContractState.SUSPENDED:
        book.reject("purpose.suspended")
    moved = book.capture(hold, amount, reference=reference)
    left = grant.remaining - amount
    book.put(
        grant.replace(
            remaining=left,
            held=grant.held - amount,
            spent=grant.spent + amount,
            state=GrantState.ACTIVE if left else GrantState.USED,
            updated_at=book.now,
        )
    )
    changed(book, contract, allotted=-amount, held=-amount)
    return note(book, contract, MovementKind.SPENT, moved, grant=grant.id, payee=payee)


def release(book: Book, grant: PurposeGrant, hold: int) -> int:
    """Let go of what is still set aside; how much it was. Where the grant has ended, it is the contract's again."""
    held = book.get(Hold, hold)
    left = held.remaining
    book.release(hold)
    contract, ended = book.get(PurposeContract, grant.contract), grant.state not in LIVING
    book.put(
        grant.replace(
            held=grant.held - left,
            remaining=grant.remaining - left if ended else grant.remaining,
            uses=grant.uses if held.captured else grant.uses - 1,
            updated_at=book.now,
        )
    )
    if ended:
        changed(book, contract, unallotted=left, allotted=-left, held=-left)
    else:
        changed(book, contract, held=-left)
    return left
