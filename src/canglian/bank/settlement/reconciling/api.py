"""What is read and asked below ``/v1/reconciliation-days`` and ``/v1/reconciliation-differences``."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.arriving import ArrivedFiles, reconcile_day
from canglian.bank.settlement.reconciling.commands import ChannelCode
from canglian.bank.settlement.reconciling.model import ReconciliationDay, ReconciliationDifference
from canglian.bank.settlement.reconciling.queries import DayFilter, DayWhole, DifferenceFilter
from canglian.kernel.fields import doc
from canglian.web.listing import get_route, list_route
from canglian.web.operations import Body, as_json, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

Day = date  # a field named date would hide the type
DatePath = Annotated[Day, PathParameter(description="The business date.")]
ChannelPath = Annotated[str, PathParameter(description="The channel: `channel` or `wallet`.")]
DifferencePath = Annotated[str, id_path("rcd", "The difference's id.")]


class ReconcileRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day of a channel, and the files of its sides."""

    date: Annotated[Day, doc("The business date.")]
    channel: ChannelCode
    file: Annotated[bytes | None, doc("The channel's file in Base64; by default its service is asked for it.")] = None
    orders: Annotated[
        bytes | None, doc("The merchants' orders as they say them, a CSV file in Base64; by default those of the book.")
    ] = None


@post(
    "",
    operation_id="reconcileDay",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(DayWhole, write=True),
)
async def reconcile(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[ReconcileRequest]
) -> Response[bytes]:
    """Reconcile a day of a channel: compare its file, the ledger, and the merchants' orders.

    Without a file the day is incomplete. The same file again finds the same, so it needs no idempotency key; a dry run
    is not offered. Larger files are reconciled by the command line.
    """
    sent, actor = ArrivedFiles(data.file, data.orders), principal.actor
    day = await reconcile_day(services, principal.book, data.date, data.channel, sent, actor=actor)
    return as_json(await queries.whole(services.reader, principal.book, day.date, day.channel))


@get(
    "/{date:date}/{channel:str}",
    operation_id="getReconciliationDay",
    guards=[needs(Permission.READ)],
    responses=responses(DayWhole),
)
async def get_day(
    services: NamedDependency[Services], principal: NamedDependency[Principal], date: DatePath, channel: ChannelPath
) -> Response[bytes]:
    """A day of a channel: its sides, how they lead to each other, and its open differences counted."""
    return as_json(await queries.whole(services.reader, principal.book, date, channel))


DAYS = (
    list_route(
        ReconciliationDay,
        queries.days,
        DayFilter,
        "listReconciliationDays",
        "reconciliation-days",
        "List the days that were reconciled, the last one first.",
    ),
    get_day,
    reconcile,
)
DIFFERENCES = (
    list_route(
        ReconciliationDifference,
        queries.differences,
        DifferenceFilter,
        "listReconciliationDifferences",
        "reconciliation-differences",
        "List differences between the sides.",
        names={"on": "date"},
    ),
    get_route(
        "reconciliation_difference",
        DifferencePath,
        ReconciliationDifference,
        queries.difference,
        "getReconciliationDifference",
        "A difference with the lines that it is about.",
    ),
)
