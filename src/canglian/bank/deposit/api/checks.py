"""``/v1/statement-checks``: whether a statement on paper was issued as it says."""

from typing import Annotated

import msgspec
from litestar import Response, Router, post
from litestar.di import NamedDependency
from msgspec import Meta

from canglian.bank.deposit.statements.checking import CheckedStatement, check_statement
from canglian.kernel.fields import doc
from canglian.web.operations import Body, as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class StatementCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on a statement."""

    code: Annotated[str, Meta(min_length=1, max_length=120), doc("The verification code, with or without hyphens.")]
    number_ending: Annotated[
        str, Meta(min_length=4, max_length=4), doc("The last four characters of the account or wallet number.")
    ]


@post(
    "",
    operation_id="checkStatement",
    status_code=200,
    guards=[needs(Permission.READ)],
    responses=responses(CheckedStatement, write=True),
)
async def check(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[StatementCheck]
) -> Response[bytes]:
    """Check a statement by its verification code: the period, balances and totals that it was issued with.

    Compare them with the paper. The code vouches for these figures, not for each line. It changes nothing; an API key
    may only ask so often: ``statement_check.often``.
    """
    source = f"{principal.kind}:{principal.id}"
    found = await check_statement(services, data.code, data.number_ending, source=source, book=principal.book)
    return as_json(found)


router = Router("/statement-checks", route_handlers=[check], tags=["deposit accounts"])
