"""The words that the commands of the limits are made of."""

from typing import Annotated

from msgspec import Meta

from canglian.kernel.fields import Field, impersonal
from canglian.kernel.values import AMOUNT_MAX

RuleCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*\Z", max_length=60, description="class2-out-day")
]
Product = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?\Z",
        max_length=60,
        description="deposit.class2, or deposit.* for all that begin so.",
    ),
]
Channel = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*\Z", max_length=40, description="api, mobile, counter")]
LimitFigure = Annotated[
    int, Meta(ge=0, le=AMOUNT_MAX, description="In the minor unit of the asset, or a number of movements.")
]
HolderId = Annotated[
    str,
    Meta(
        pattern=r"^(pty_[a-z0-9]{1,40}|[a-z]{2,20}:[a-z0-9_]{1,60})\Z",
        description="A party (pty_…), or one account or wallet (deposit:dep_…, wallet:wal_…).",
    ),
]
OverrideId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}\Z", description="The override's id: lov_…")]
ReasonText = Annotated[
    str,
    Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", min_length=1, max_length=300),
    Field(label="Reason", help="Kept on record as plain text: do not enter numbers here.", check=impersonal),
]
