"""What the paths of this room name."""

from typing import Annotated

from canglian.web.operations import id_path

MerchantPath = Annotated[str, id_path("mer", "The merchant's id.")]
OrderPath = Annotated[str, id_path("ord", "The order's id.")]
StorePath = Annotated[str, id_path("sto", "The store's id.")]
StaffPath = Annotated[str, id_path("stf", "The id of somebody's engagement.")]
ClaimPath = Annotated[str, id_path("clm", "The claim's id.")]
PaymentPath = Annotated[str, id_path("pay", "The payment's id.")]
RefundPath = Annotated[str, id_path("rfd", "The refund's id.")]
