"""The fields that commands of pay-later share."""

from typing import Annotated

from canglian.kernel.fields import doc, identifier
from canglian.kernel.values import Amount

BillId = Annotated[str, identifier("bil", "A bill's id.")]
RelativeId = Annotated[str, identifier("rlt", "The id of a relation.")]
Paid = Annotated[Amount, doc("How much is paid, in fen.")]
