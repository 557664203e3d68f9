"""What the paths of this room name, and the reasons that bodies give."""

from typing import Annotated

from msgspec import Meta

from canglian.web.operations import id_path

WalletPath = Annotated[str, id_path("wal", "The wallet's id.")]
DevicePath = Annotated[str, id_path("dev", "The device's id.")]
PocketPath = Annotated[str, id_path("pkt", "The pocket's id.")]
MovePath = Annotated[str, id_path("wtr", "The id of the transfer.")]

Pin = Annotated[str, Meta(max_length=12, description="Six digits. They are compared and forgotten.")]
Typed = Annotated[str, Meta(min_length=1, max_length=40, description="As it was scanned or typed.")]
