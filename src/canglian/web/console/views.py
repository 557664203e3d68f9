"""Views of lists: filters, order and columns under a name, for who saved them or for all who see the list.

What a view asks for is kept sealed, and stands in its address as any other query does. A form about a list carries a
mark that only its page gives, so that nobody leaves anything on a list that they may not see.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

import msgspec

from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import Forbidden
from canglian.kernel.personal import is_personal
from canglian.web.console.addresses import opened_text
from canglian.web.console.pages import Pages
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.model import VIEW_ABOUT, SavedView

_PASSING = ("cursor", "limit", "format", "ticked")
"""What says where somebody is in a list, and nothing of what they look at."""


class ViewLink(msgspec.Struct, frozen=True):
    """A view as its list shows it."""

    id: int
    name: str
    url: str
    shared: bool
    is_current: bool
    may_change: bool
    may_remove: bool


class Views(msgspec.Struct, frozen=True):
    """What is kept of a list: its views, the mark of its forms, and whether what is shown could be kept."""

    links: Sequence[ViewLink]
    mark: str
    is_plain: bool

    @property
    def current(self) -> ViewLink | None:
        """The view that is shown."""
        return next((link for link in self.links if link.is_current), None)


async def views_of(pages: Pages, of_list: str, query: Mapping[str, str]) -> Views:
    """The views of a list for who looks; ``query`` is what is shown now."""
    principal = pages.principal
    if principal is None:
        return Views((), "", is_plain=True)
    shown = lasting(query)
    links = [
        _link(pages, principal, view, shown)
        for view in await queries.views(pages.services.reader, principal.book, of_list, principal.actor)
    ]
    return Views(links, mark_of(pages.services, principal, of_list), is_plain=not shown)


def lasting(query: Mapping[str, str]) -> dict[str, str]:
    """What a query asks for, without where somebody is in the list."""
    return {name: text for name, text in query.items() if text and name not in _PASSING}


def kept_query(services: Services, view: SavedView) -> dict[str, str]:
    """What a view asks for."""
    return {} if view.query is None else dict(parse_qsl(services.keyring.open(view.query, VIEW_ABOUT)))


def query_of_address(services: Services, principal: Principal, address: str) -> dict[str, str]:
    """What an address of a list asks for. Raises Malformed ``filter.sealed``."""
    query = parse_qsl(address.partition("?")[2])
    return lasting({name: opened_text(services.keyring, principal, text) for name, text in query})


def names_a_person(query: Mapping[str, str]) -> bool:
    """Whether a query looks for a number of a person."""
    return any(is_personal(text) for text in query.values())


def mark_of(services: Services, principal: Principal, of_list: str) -> str:
    """What only the page of a list gives to who may see it."""
    return services.keyring.blind_index(f"{principal.book}:{principal.actor}:{of_list}", "console list")


def require_mark(services: Services, principal: Principal, of_list: str, mark: str) -> None:
    """Forbidden ``saved_view.unseen`` unless who asks was shown the list."""
    if not same_secret(mark, mark_of(services, principal, of_list)):
        raise Forbidden("saved_view.unseen")


def _link(pages: Pages, principal: Principal, view: SavedView, shown: Mapping[str, str]) -> ViewLink:
    query = kept_query(pages.services, view)
    is_own = view.owner == principal.actor
    return ViewLink(
        id=view.id,
        name=view.name,
        url="?" + urlencode(pages.sealed(query)),
        shared=view.shared,
        is_current=query == shown,
        may_change=is_own,
        may_remove=is_own or principal.may(Permission.ADMINISTER),
    )
