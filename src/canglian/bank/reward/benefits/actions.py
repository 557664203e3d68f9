"""Redeeming a benefit: who may, and what is asked."""

import msgspec

from canglian.bank.payment.commands.values import MerchantId
from canglian.bank.reward.benefits import queries
from canglian.bank.reward.benefits.commands import Code, RedeemBenefit
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.typed_codes import service as typed_codes
from canglian.web.actions import Action, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission
from canglian.web.services import Services


class RedeemBenefitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of a benefit, and the merchant that redeems it."""

    code: Code
    merchant: MerchantId


async def counted_code(services: Services, book: int, code: str, who: str, actor: str) -> str:
    """A code that somebody typed; one that is no benefit's is counted. Busy ``typed_code.often``."""
    await typed_codes.check(services, book, who)
    right = await queries.is_code(services.reader, book, code)
    await typed_codes.count(services, book, who, actor, right=right)
    return code


async def _code(context: RequestContext, body: RedeemBenefitRequest) -> str:
    principal = context.principal
    return await counted_code(context.services, principal.book, body.code, principal.scope, principal.actor)


REDEEM = Action(
    command=RedeemBenefit,
    name="redeem",
    help="Redeem a benefit at a merchant by the code that its holder shows; its funders pay the merchant.",
    permission=Permission.POST,
    route=Route(operation_id="redeemBenefit", path="/redemptions", response=Coupon, body=RedeemBenefitRequest),
    resolve={"code": _code},
    form=Form(title="Redeem a benefit", submit="Redeem", inputs=(Input(name="code"), Input(name="merchant"))),
)
