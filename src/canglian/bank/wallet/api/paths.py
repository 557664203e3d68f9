"""What the paths of this room name, and the reasons that bodies give."""

from typing import Annotated

from litestar.params import PathParameter
from msgspec import Meta

WalletPath = Annotated[str, PathParameter(pattern=r"^wal_[0-9a-z]{26}$", description="The wallet's id.")]
DevicePath = Annotated[str, PathParameter(pattern=r"^dev_[0-9a-z]{26}$", description="The device's id.")]
PocketPath = Annotated[str, PathParameter(pattern=r"^pkt_[0-9a-z]{26}$", description="The pocket's id.")]
MovePath = Annotated[str, PathParameter(pattern=r"^wtr_[0-9a-z]{26}$", description="The id of the transfer.")]

Pin = Annotated[str, Meta(max_length=12, description="Six digits. They are compared and forgotten.")]
Typed = Annotated[str, Meta(min_length=1, max_length=40, description="As it was scanned or typed.")]
