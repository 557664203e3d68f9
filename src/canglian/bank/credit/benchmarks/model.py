"""Published rates, by version."""

from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class BenchmarkRate(Entity, frozen=True, table="benchmark_rate", key=("code", "version"), indexes={"code": ("code",)}):
    """A published rate from a day on; it never changes. In force is the one with the latest date that has come."""

    code: Annotated[str, doc("The short stable name, such as `lpr_1y`.")]
    version: Annotated[int, doc("From 1 on.")]
    name: Annotated[str, doc("What people read.")]
    rate_ppm: Annotated[int, doc("The yearly rate in millionths: 31000 is 3.1 %.")]
    effective_from: Annotated[date, doc("The business date from which it counts.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
