"""Published rates by version: their API and their page."""

from typing import Annotated

import msgspec

from canglian.bank.credit.benchmarks import queries
from canglian.bank.credit.benchmarks.commands import SetBenchmarkRate
from canglian.bank.credit.benchmarks.model import BenchmarkRate
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Route
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions


class BenchmarkRates(msgspec.Struct, frozen=True):
    """All versions of all published rates."""

    data: Annotated[list[BenchmarkRate], doc("The rows of this page.")]


BENCHMARKS = Versions(
    path="/benchmark-rates",
    tag="loan products",
    title="Published rates",
    purpose="Rates that floating loans follow, such as the LPR. Each loan follows on its own days.",
    read=queries.versions,
    code=True,
    new_codes=True,
    listing=VersionList(
        operation_id="listBenchmarkRates", response=BenchmarkRates, help="List all versions of all published rates."
    ),
    add=Action(
        command=SetBenchmarkRate,
        name="add",
        help="Note a published rate from a business date on. A version never changes.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="setBenchmarkRate", response=BenchmarkRate, status=201),
    ),
)
