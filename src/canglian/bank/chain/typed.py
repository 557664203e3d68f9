"""What people type where the API asks otherwise: the parts of a voucher in yuan."""

from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.chain.commands.holding import PARTS_MAX
from canglian.kernel.amounts import minor
from canglian.kernel.fields import Field, doc
from canglian.web.actions import Typed
from canglian.web.console.forms import error_at


class SplitTyped(Typed, frozen=True):
    """The parts of a voucher."""

    parts: Annotated[
        tuple[str, ...],
        Meta(min_length=1, max_length=PARTS_MAX),
        doc("The faces of the parts, in yuan, with spaces between them."),
        Field(label="Parts", help="The faces of the parts in yuan, with spaces between them: 6000 4000."),
    ]

    def command_fields(self) -> dict[str, Any]:
        with error_at("parts"):
            return {"parts": [minor(text, 2, "CNY") for text in self.parts]}
