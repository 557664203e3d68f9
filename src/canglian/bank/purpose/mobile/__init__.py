"""A person's own pages about money for a purpose: what it can buy, where, until when, and what became of it."""

from canglian.bank.purpose.mobile import money
from canglian.bank.wallet.mobile import others

HANDLERS = money.handlers

others.on_home(money.on_home)
