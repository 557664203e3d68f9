"""How many wrong codes there were."""

from datetime import datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class TypedCodes(Entity, frozen=True, table="typed_codes", key=("of",)):
    """Wrong codes of a prize, or of who types the codes of benefits. Right ones are not kept."""

    of: Annotated[str, doc("The prize's id, the merchant's, or who types codes through the API.")]
    wrong: Annotated[int, doc("How many there have been.")]
    forgotten_at: Annotated[datetime, doc("When they are all forgotten, unless there are more.")]
