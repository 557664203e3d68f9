"""The end of an account: what is done once nothing is on it any more."""

from canglian.bank.deposit.commands.interest import DEPOSIT_INTEREST
from canglian.bank.deposit.model import AccountState, BindingState, BoundAccount, DepositAccount, DepositInterest
from canglian.ledger.book import Book
from canglian.ledger.commands import CloseAccount


def finish_closing(book: Book, account: DepositAccount) -> DepositAccount:
    """Close an empty account for good, and what is bound to it."""
    CloseAccount(account=account.account).decide(book)
    interest = book.get(DepositInterest, account.account)
    if not interest.closed:
        book.put(interest.replace(closed=True))
    for bound in book.find(BoundAccount, "account", account.id):
        if not bound.state.is_over:
            book.put(bound.replace(state=BindingState.ENDED, outcome="account_closed", updated_at=book.now))
    book.emit("deposit_account.closed", f"deposit_account:{account.id}", deposit_account=account.id)
    return book.put(account.replace(state=AccountState.CLOSED, closed_on=book.today, updated_at=book.now))


def reopen(book: Book, account: DepositAccount) -> DepositAccount:
    """What was to be paid out did not go through: the account is as it was, and bears interest again."""
    interest = book.put(book.get(DepositInterest, account.account).replace(closed=False))
    # nothing moved meanwhile, and no run of the job comes back to these days
    DEPOSIT_INTEREST.caught_up(book, interest, settling=True)
    book.emit("deposit_account.closing_failed", f"deposit_account:{account.id}", deposit_account=account.id)
    dormant = account.moved_on is None and account.dormant_on is not None and account.dormant_on <= book.today
    state = AccountState.DORMANT if dormant else AccountState.ACTIVE
    return book.put(account.replace(state=state, updated_at=book.now))
