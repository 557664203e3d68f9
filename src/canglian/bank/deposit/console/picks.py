"""How forms ask for a deposit account, by its number or its holder; and for a holder by the number of an account."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from canglian.bank.deposit.model import AccountFreeze, BindingState, BoundAccount, RailDifference, RailOrder
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.deposit.queries import accounts, outside
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.deposit.queries.outside import BoundView
from canglian.bank.limit.console.picks import HOLDER
from canglian.bank.party.console.picks import found_by_text
from canglian.bank.party.queries import parties
from canglian.kernel.entity import Entity
from canglian.kernel.errors import NotFound
from canglian.kernel.queries import entities
from canglian.kernel.queries.paging import Order
from canglian.kernel.receipts import receipt_number
from canglian.kernel.typed import typed_id, typed_number
from canglian.web.additions import Pick, Picked
from canglian.web.console.picking import FOUND_MAX
from canglian.web.services import Services

E = TypeVar("E", bound=Entity)

_HELD = "deposit:"


async def by_number(services: Services, book: int, text: str) -> DepositView | None:
    """The account of this number, as people type it."""
    index = ACCOUNT_NUMBERS.index(services.keyring, typed_number(text))
    return await accounts.by_index(services.reader, book, index)


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    if typed_id(text).startswith("dep_"):
        return await _named(services, book, [typed_id(text)])
    numbered = await by_number(services, book, text)
    if numbered is not None:
        return [_picked(numbered)]
    holders = await found_by_text(services, book, text)
    order = Order("-id", None, FOUND_MAX)
    pages = [await accounts.accounts(services.reader, book, DepositFilter(party=each.id), order) for each in holders]
    return [_picked(account) for page in pages for account in page.items]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    found: list[Picked] = []
    for identity in identities:
        try:
            found.append(_picked(await accounts.account(services.reader, book, identity)))
        except NotFound:
            continue
    return found


def _picked(account: DepositView) -> Picked:
    return Picked(account.id, account.number, account.holder or "")


async def _accounts(services: Services, book: int, text: str) -> list[DepositView]:
    """The accounts that a text finds, whole."""
    return [await accounts.account(services.reader, book, each.id) for each in await _find(services, book, text)]


async def _in_the_ledger(services: Services, book: int, text: str) -> list[Picked]:
    """The ledger's accounts of the accounts that a text finds."""
    found = await _accounts(services, book, text)
    return [_of_ledger(each) for each in found]


def _of_ledger(account: DepositView) -> Picked:
    number = account.ledger_account
    return Picked(str(number), f"{number} {account.number}", account.holder or "")


async def _find_bound(services: Services, book: int, text: str) -> list[Picked]:
    """Accounts at other banks that are bound to the accounts that a text finds."""
    found = [await outside.bound_to(services.reader, book, each.id) for each in await _accounts(services, book, text)]
    return [_bound(bound) for several in found for bound in several if bound.state is BindingState.ACTIVE]


async def _named_bound(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return [_bound(outside.bound_view(each)) for each in await _stored(services, book, BoundAccount, identities)]


def _bound(bound: BoundView) -> Picked:
    return Picked(bound.id, f"{bound.bank} {bound.number}")


async def _find_freeze(services: Services, book: int, text: str) -> list[Picked]:
    """What freezes the accounts that a text finds."""
    found = [
        await accounts.freezes_of(services.reader, book, each.id) for each in await _accounts(services, book, text)
    ]
    return await _freezes(services, book, [each for several in found for each in several if each.lifted_at is None])


async def _named_freezes(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return await _freezes(services, book, await _stored(services, book, AccountFreeze, identities))


async def _freezes(services: Services, book: int, freezes: Sequence[AccountFreeze]) -> list[Picked]:
    frozen = {each.account: await accounts.account(services.reader, book, each.account) for each in freezes}
    return [
        Picked(each.id, f"{frozen[each.account].number} {each.authority or each.reason}", each.case_reference or "")
        for each in freezes
    ]


async def _find_difference(services: Services, book: int, text: str) -> list[Picked]:
    """What is not yet resolved about the payment order with a receipt number."""
    reader = services.reader
    orders = [typed_id(text), *await entities.by_receipt(reader, book, RailOrder, "rail", text)]
    several = [await entities.some(reader, book, RailDifference, "order", order) for order in orders]
    return [_difference(each) for found in several for each in found if each.resolved_at is None]


async def _named_differences(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return [_difference(each) for each in await _stored(services, book, RailDifference, identities)]


def _difference(difference: RailDifference) -> Picked:
    return Picked(difference.id, receipt_number(difference.order or difference.id))


async def _stored(services: Services, book: int, kind: type[E], identities: Sequence[str]) -> list[E]:
    several = [await entities.some(services.reader, book, kind, "id", identity) for identity in identities]
    return [each for found in several for each in found]


async def _holder(services: Services, book: int, text: str) -> list[Picked]:
    """The holder of the account of this number."""
    account = await by_number(services, book, text)
    if account is None or account.party is None:
        return []
    names = await parties.names(services.reader, book, [account.party])
    return [Picked(account.party, names.get(account.party, account.party), account.number)]


async def _limited(services: Services, book: int, text: str) -> list[Picked]:
    return [_as_holder(picked) for picked in await _find(services, book, text)]


async def _limited_named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    own = [identity.removeprefix(_HELD) for identity in identities if identity.startswith(_HELD)]
    return [_as_holder(picked) for picked in await _named(services, book, own)]


def _as_holder(picked: Picked) -> Picked:
    """As whose limits are asked for."""
    return replace(picked, id=f"{_HELD}{picked.id}")


async def _no_one(*_: object) -> list[Picked]:
    return []


_BY = "Account number, or its holder's name, mobile or document number"
PICKS = (
    Pick("deposit", _BY, _find, _named, ("deposit",)),
    Pick("bound_account", _BY, _find_bound, _named_bound),
    Pick("freeze", _BY, _find_freeze, _named_freezes),
    Pick("rail_difference", "Receipt number", _find_difference, _named_differences),
    Pick("party", "", _holder, _no_one),
    Pick(HOLDER, "", _limited, _limited_named),
    Pick("account", "", _in_the_ledger, _no_one),
)
