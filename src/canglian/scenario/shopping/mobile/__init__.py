"""A person's pages of the season: what is on near them, and a merchant's people in its campaigns."""

from canglian.bank.payment.mobile.above import on_shop
from canglian.bank.wallet.mobile import others
from canglian.scenario.shopping.mobile import around, joining

HANDLERS = (*around.handlers, *joining.handlers)

others.on_home(around.on_home)
on_shop(joining.today_of)
