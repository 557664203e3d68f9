"""Customers in the form of a proposal: the one from whose page it was opened, or found by what an operator knows."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from canglian.bank.approval.describing import Approvable
from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.kernel.errors import Malformed
from canglian.web.console.actions import InputView
from canglian.web.principal import Principal
from canglian.web.services import Services

CUSTOMERS = ("party", "survivor", "other")
"""The fields of commands that name a customer."""

_ID = re.compile(r"pty_[0-9a-z]{26}")


async def with_customers(
    services: Services, principal: Principal, inputs: Sequence[InputView]
) -> tuple[list[InputView], list[tuple[str, str, str]]]:
    """Inputs, those of known customers hidden; and of each known customer the label, the id and the masked name."""
    named = {view.name: view.value for view in inputs if view.name in CUSTOMERS and _ID.fullmatch(view.value)}
    known = await parties.names(services.reader, principal.book, named.values())
    chosen = {name for name, identity in named.items() if identity in known}
    shown = [(view.label, view.value, known[view.value]) for view in inputs if view.name in chosen]
    return [replace(view, kind="hidden") if view.name in chosen else view for view in inputs], shown


async def customer_of(services: Services, principal: Principal, described: Approvable, name: str, text: str) -> str:
    """The id of the customer that was typed by id, number, mobile or whole name.

    Rejects ``proposal.customer_unknown`` and ``proposal.customer_several``.
    """
    if not text or _ID.fullmatch(text) or all(asked.name != name for asked in described.fields):
        return text
    found: dict[str, None] = {}
    for by in IndexBy:
        indexes = search_indexes(services.keyring, by, text)
        found |= dict.fromkeys(
            party.id for party in await parties.known_by(services.reader, principal.book, by.value, indexes)
        )
    if len(found) != 1:
        raise Malformed("proposal.customer_several" if found else "proposal.customer_unknown", field=name)
    return next(iter(found))
