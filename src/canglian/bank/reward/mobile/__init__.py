"""A person's own pages about coupons: what is on, claiming one, what they have and until when; and paying with it."""

from canglian.bank.payment import discounts
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.reward.mobile import coupons, paying
from canglian.bank.wallet.mobile import others

HANDLERS = coupons.handlers

others.on_home(coupons.on_home)
discounts.on_discounts(paying.best_for)
discounts.on_source(KIND, paying.name_of, paying.wallet_of)
