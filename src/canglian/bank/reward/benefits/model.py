"""The codes by which benefits are redeemed."""

from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class BenefitCode(Entity, frozen=True, table="benefit_code", key=("code",), indexes={"coupon": ("coupon",)}):
    """The code of a benefit, which its holder shows to a merchant. It is worth something once."""

    code: Annotated[str, doc("Twelve digits.")]
    coupon: Annotated[str, doc("The coupon's id.")]
