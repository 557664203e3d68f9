"""What can be opened for a customer now; of the rest why not, and where somebody does what has to come first."""

from collections.abc import Iterable, Mapping

import msgspec

from canglian.bank.deposit.commands import OpenDepositAccount
from canglian.bank.deposit.model import DepositProduct
from canglian.bank.deposit.requests import allot
from canglian.bank.deposit.rules import COUNTER
from canglian.kernel.errors import Busy, CanglianError, Unavailable
from canglian.web.console import Pages
from canglian.web.console.trying import why_not
from canglian.web.form import Why
from canglian.web.operations import RequestContext
from canglian.web.principal import Principal
from canglian.web.services import Services

_VERIFY = ("Verify face to face", "/console/people/{party}#verify")
_FIRST = {
    "deposit_account.level_needed": _VERIFY,
    "wallet_product.level_needed": _VERIFY,
    "wallet_product.document_needed": ("Add a document", "/console/people/{party}#add-document"),
    "wallet_product.account_needed": ("Open an account", "/console/deposits/new?party={party}"),
}
"""What has to come first, by the code of a refusal: what it is called, and where it is done."""


class NotNow(msgspec.Struct, frozen=True):
    """A product that cannot be opened now, why, and the page where somebody does what has to come first."""

    title: str
    reason: str
    link: str = ""
    path: str = ""


async def known_party(pages: Pages, party: str) -> bool:
    """Whether a form is about a customer that is known; its choice shows who that is."""
    if pages.picks.is_blank("party"):
        await pages.picks.show("party", "party", party)
    return bool(party) and any(each.id == party for each in pages.picks.view("party", "party").options)


def not_now(pages: Pages, party: str, refused: Mapping[str, Why]) -> list[NotNow]:
    """What a page lists of the products that are refused, by their names."""
    found: list[NotNow] = []
    for title, why in refused.items():
        link, path = _FIRST.get(why.code, (why.link, why.path))
        reason = why.reason if isinstance(why.reason, str) else why.reason[0] % why.reason[1]
        found.append(NotNow(pages._(title), reason, pages._(link) if link else "", path.format(party=party)))
    return found


async def refused_for(
    pages: Pages, services: Services, principal: Principal, party: str, products: Iterable[DepositProduct]
) -> dict[str, Why]:
    """Why products cannot be opened for a customer at the counter, by their codes: each is tried."""
    context = RequestContext(services, principal, None, True, None, channel=COUNTER)
    number = await allot(services, principal, None, dry_run=True)
    refused: dict[str, Why] = {}
    for product in products:
        try:
            command = OpenDepositAccount(product=product.code, number=number, channel=COUNTER, party=party)
            (await context.submit(command)).unwrap()
        except (Busy, Unavailable):
            continue
        except CanglianError as error:
            refused[product.code] = why_not(pages, error)
    return refused
