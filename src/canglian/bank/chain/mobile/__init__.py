"""A person's own pages about vouchers: what their companies hold and accept, and signing each step with their PIN."""

from canglian.bank.chain.mobile import home, presenting, signing
from canglian.bank.chain.trade import mobile as contracts
from canglian.bank.wallet.mobile import others

HANDLERS = (*home.handlers, *signing.handlers, *presenting.handlers, *contracts.HANDLERS)

others.on_home(home.on_home)
others.on_lines(home.lines)
