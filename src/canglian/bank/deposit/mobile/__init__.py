"""What anybody's phone opens of deposit accounts: the check of a statement on paper."""

from canglian.bank.deposit.mobile import checks

HANDLERS = checks.handlers
