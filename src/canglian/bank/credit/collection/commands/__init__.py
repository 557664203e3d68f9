"""What is done in collection."""

from canglian.bank.credit.collection.commands.debiting import AgreeDebit, DebitLoan, EndDebit
from canglian.bank.credit.collection.commands.policy import AddCollectionPolicy

__all__ = ["AddCollectionPolicy", "AgreeDebit", "DebitLoan", "EndDebit"]
