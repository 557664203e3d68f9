"""The fields that commands of this room share."""

from typing import Annotated

from msgspec import Meta

AccountId = Annotated[str, Meta(pattern=r"^dep_[0-9a-z]{26}\Z", description="A deposit account's id.")]
BoundId = Annotated[str, Meta(pattern=r"^bnd_[0-9a-z]{26}\Z", description="A bound account's id.")]
OrderId = Annotated[str, Meta(pattern=r"^rail_[0-9a-z]{26}\Z", description="The id of an order of the rail.")]
FreezeId = Annotated[str, Meta(pattern=r"^frz_[0-9a-z]{26}\Z", description="A freeze's id.")]
DifferenceId = Annotated[str, Meta(pattern=r"^rdf_[0-9a-z]{26}\Z", description="A difference's id.")]
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
]
