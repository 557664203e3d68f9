"""A person's own pages about coupons: what is on, claiming one, what they have and until when; and paying with it."""

from canglian.bank.payment import discounts
from canglian.bank.payment.mobile.above import on_shop
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.reward.draws import mobile as draws
from canglian.bank.reward.mobile import coupons, earning, flash, funding, paying, redeeming
from canglian.bank.reward.points import mobile as points
from canglian.bank.reward.points.deduction import checkout
from canglian.bank.reward.points.deduction.source import KIND as POINTS
from canglian.bank.wallet.mobile import others

HANDLERS = (
    *coupons.handlers,
    *flash.handlers,
    *earning.handlers,
    *draws.HANDLERS,
    *points.handlers,
    *redeeming.handlers,
)

others.on_home(coupons.on_home)
others.on_home(earning.on_home)
others.on_home(points.on_home)
others.on_lines(funding.lines_of)
on_shop(redeeming.on_shop)
discounts.on_discounts(paying.best_for)
discounts.on_left_out(paying.left_out_of)
discounts.on_left_out(checkout.left_out_of)
discounts.on_keep(KIND, paying.keep, paying.refuse_over)
discounts.on_source(KIND, paying.name_of, paying.wallet_of, terms_of=paying.terms_of, funders_of=paying.funders_of)
discounts.on_source(
    POINTS, checkout.name_of, checkout.wallet_of, terms_of=checkout.terms_of, funders_of=checkout.funders_of
)
