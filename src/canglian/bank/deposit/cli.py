"""``canglian deposit`` and ``canglian bound-account``: accounts here, and those at other banks."""

from canglian.bank.deposit.actions import ACCOUNTS, BOUND_ACCOUNTS
from canglian.bank.deposit.statements.command_line import statement
from canglian.web.cli import Noun

NOUNS = {
    "deposit": Noun(resource=ACCOUNTS, verbs=(statement,)),
    "bound-account": Noun(resource=BOUND_ACCOUNTS),
}
