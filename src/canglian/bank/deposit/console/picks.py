"""How forms ask for a deposit account, by its number or its holder; and for a holder by the number of an account."""

from collections.abc import Sequence

from msgspec.structs import replace

from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.limit.console.picks import HOLDER
from canglian.bank.party.console.picks import found_by_text
from canglian.bank.party.queries import parties
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.paging import Order
from canglian.kernel.typed import typed_id, typed_number
from canglian.web.additions import Pick, Picked
from canglian.web.console.picking import FOUND_MAX
from canglian.web.services import Services

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


PICKS = (
    Pick("deposit", "Account number, or its holder's name, mobile or document number", _find, _named, ("deposit",)),
    Pick("party", "", _holder, _no_one),
    Pick(HOLDER, "", _limited, _limited_named),
)
