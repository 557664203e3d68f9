"""``/v1/point-schemes``, ``/v1/point-members``, ``/v1/point-lots`` and ``/v1/point-exchanges``."""

from typing import Annotated

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.model import PointExchange, PointLot, PointMember, PointScheme
from canglian.bank.reward.points.queries import (
    PointExchangeFilter,
    PointLotFilter,
    PointMemberFilter,
    PointMemberWhole,
    PointSchemeFilter,
    PointSchemeWhole,
)
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

PointSchemePath = Annotated[str, id_path("psc", "The point scheme's id.")]
PointMemberPath = Annotated[str, id_path("pmb", "The id of somebody's points of a scheme.")]
PointLotPath = Annotated[str, id_path("lot", "The id of a lot of points.")]
PointExchangePath = Annotated[str, id_path("pex", "The id of an exchange of points.")]

SCHEMES = (
    list_route(
        PointScheme,
        queries.schemes,
        PointSchemeFilter,
        "listPointSchemes",
        "point-schemes",
        "List schemes of points, newest first.",
    ),
    get_route(
        "point_scheme",
        PointSchemePath,
        PointSchemeWhole,
        queries.whole,
        "getPointScheme",
        "A scheme with what has become of its points, its liability, and the calendar of what expires.",
    ),
)
MEMBERS = (
    list_route(
        PointMember,
        queries.members,
        PointMemberFilter,
        "listPointMembers",
        "point-members",
        "List who has joined which scheme, newest first.",
    ),
    get_route(
        "point_member",
        PointMemberPath,
        PointMemberWhole,
        queries.member_whole,
        "getPointMember",
        "Somebody's points of a scheme, with the calendar of what expires.",
    ),
)
LOTS = (
    list_route(
        PointLot, queries.lots, PointLotFilter, "listPointLots", "point-lots", "List lots of points, newest first."
    ),
    get_route("point_lot", PointLotPath, PointLot, queries.lot, "getPointLot", "A lot of points with its expiry."),
)
EXCHANGES = (
    list_route(
        PointExchange,
        queries.exchanges,
        PointExchangeFilter,
        "listPointExchanges",
        "point-exchanges",
        "List what points were exchanged for, newest first.",
    ),
    get_route(
        "point_exchange",
        PointExchangePath,
        PointExchange,
        queries.exchange,
        "getPointExchange",
        "What points were exchanged for, and out of which lots.",
    ),
)
