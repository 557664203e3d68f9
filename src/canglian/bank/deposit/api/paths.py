"""What the paths of this room name."""

from typing import Annotated

from litestar.params import PathParameter

AccountPath = Annotated[str, PathParameter(pattern=r"^dep_[0-9a-z]{26}$", description="The deposit account's id.")]
FreezePath = Annotated[str, PathParameter(pattern=r"^frz_[0-9a-z]{26}$", description="The freeze's id.")]
BoundPath = Annotated[str, PathParameter(pattern=r"^bnd_[0-9a-z]{26}$", description="The bound account's id.")]
OrderPath = Annotated[str, PathParameter(pattern=r"^rail_[0-9a-z]{26}$", description="The order's id.")]
DifferencePath = Annotated[str, PathParameter(pattern=r"^rdf_[0-9a-z]{26}$", description="The difference's id.")]
ProductPath = Annotated[
    str,
    PathParameter(pattern=r"^deposit\.[a-z0-9_.]{1,40}$", description="The product's code, such as deposit.class2."),
]
