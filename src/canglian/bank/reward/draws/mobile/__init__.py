"""A person's own pages about draws: what is on, joining, claiming a prize; and the page for everybody."""

from canglian.bank.reward.draws.mobile import everybody, own
from canglian.bank.wallet.mobile import others

HANDLERS = (*own.handlers, *everybody.handlers)

others.on_home(own.on_home)
