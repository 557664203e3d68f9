"""The fields that commands of this room share."""

from typing import Annotated

from msgspec import Meta

from canglian.kernel.fields import Field, identifier, visible

AccountId = Annotated[str, identifier("dep", "A deposit account's id.")]
BoundId = Annotated[str, identifier("bnd", "A bound account's id.")]
OrderId = Annotated[str, identifier("rail", "The id of an order of the rail.")]
FreezeId = Annotated[str, identifier("frz", "A freeze's id.")]
DifferenceId = Annotated[str, identifier("rdf", "A difference's id.")]
ProductCode = Annotated[
    str,
    Meta(
        pattern=r"^deposit\.(class1|class2|class3|corporate|internal)(\.[a-z0-9_]+)*\Z",
        max_length=48,
        description="deposit.class2, or deposit.class2.village for a product of a scene.",
    ),
]
Bank = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f<>0-9]+\Z",
        min_length=2,
        max_length=60,
        description="The name of the other bank.",
    ),
    Field(check=visible),
]
