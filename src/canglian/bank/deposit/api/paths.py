"""What the paths of this room name."""

from typing import Annotated

from litestar.params import PathParameter

from canglian.web.operations import id_path

AccountPath = Annotated[str, id_path("dep", "The deposit account's id.")]
FreezePath = Annotated[str, id_path("frz", "The freeze's id.")]
BoundPath = Annotated[str, id_path("bnd", "The bound account's id.")]
OrderPath = Annotated[str, id_path("rail", "The order's id.")]
DifferencePath = Annotated[str, id_path("rdf", "The difference's id.")]
ProductPath = Annotated[
    str,
    PathParameter(pattern=r"^deposit\.[a-z0-9_.]{1,40}$", description="The product's code, such as deposit.class2."),
]
