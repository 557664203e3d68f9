"""The fields that commands of collection share."""

from typing import Annotated

from msgspec import Meta

from canglian.kernel.fields import Field, Unit, identifier
from canglian.kernel.values import AMOUNT_MAX

AgreementId = Annotated[str, identifier("dag", "The id of an agreement about debits.")]
Floor = Annotated[
    int,
    Meta(ge=0, le=AMOUNT_MAX, description="What is left in a wallet at least, in fen."),
    Field(label="Leave in the wallet at least", help="In yuan; nothing of it is taken.", unit=Unit.MONEY),
]
