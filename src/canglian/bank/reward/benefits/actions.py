"""Redeeming a benefit: who may, and what is asked."""

from canglian.bank.reward.benefits.commands import RedeemBenefit
from canglian.bank.reward.coupons.model import Coupon
from canglian.web.actions import Action, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission

REDEEM = Action(
    command=RedeemBenefit,
    name="redeem",
    help="Redeem a benefit at a merchant by the code that its holder shows; its funders pay the merchant.",
    permission=Permission.POST,
    route=Route(operation_id="redeemBenefit", path="/redemptions", response=Coupon),
    form=Form(title="Redeem a benefit", submit="Redeem", inputs=(Input(name="code"), Input(name="merchant"))),
)
