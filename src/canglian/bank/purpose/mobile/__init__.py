"""A person's own pages about money for a purpose and prepaid cards: what it buys, until when, what became of it."""

from canglian.bank.purpose.mobile import cards, money
from canglian.bank.wallet.mobile import others

HANDLERS = (*money.handlers, *cards.handlers)

others.on_home(money.on_home)
others.on_home(cards.on_home)
