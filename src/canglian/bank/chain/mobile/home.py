"""The first page of vouchers: what is to be accepted, and what is held; a voucher with what can be done to it."""

from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.chain import queries
from canglian.bank.chain.mobile.owning import may_accept, may_use, own_members, own_voucher
from canglian.bank.chain.mobile.steps import AT
from canglian.bank.chain.model import PAYABLE, Voucher, VoucherState
from canglian.bank.chain.trade import queries as trade
from canglian.bank.wallet.mobile.others import HomeRow, OtherLine
from canglian.kernel.postgres.reader import Reader
from canglian.web.console.formats import money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

_ENDED = (VoucherState.REDEEMED, VoucherState.DEFAULTED, VoucherState.FROZEN)
_OWED = PAYABLE | {VoucherState.DEFAULTED, VoucherState.FROZEN}
"""The states in which the core company is still to pay a voucher."""


class _Own(NamedTuple):
    """Vouchers that wait for somebody's acceptance, that they hold, that they pay, and that ended or stand still."""

    waiting: list[Voucher]
    held: list[Voucher]
    paying: list[Voucher]
    ended: list[Voucher]


async def _own(services: Services, person: Person) -> _Own:
    """The vouchers of this person's members."""
    members = {member.id for member in await own_members(services, person)}
    found = await queries.of_members(services.reader, person.book, sorted(members))
    return _Own(
        [each for each in found if each.state is VoucherState.ISSUED and each.core in members],
        [each for each in found if each.state in PAYABLE and each.holder in members],
        [each for each in found if each.state in _OWED and each.core in members],
        [each for each in found if each.state in _ENDED and (each.holder in members or each.state not in _OWED)],
    )


@get("/chain", guards=[signed_in])
async def chain_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What this person's companies hold and have to accept."""
    found = await _own(services, person)
    members = await own_members(services, person)
    own = sorted(member.id for member in members)
    contracts = await trade.of_members(services.reader, person.book, own)
    sides = [side for part in found for each in part for side in (each.core, each.holder)]
    sides += [side for each in contracts for side in (each.core, each.partner)]
    sides += [member.chain for member in members]
    names = await queries.names(services.reader, person.book, sides)
    return pages.render(
        "chain/mobile/chain.html",
        waiting=found.waiting,
        held=found.held,
        paying=found.paying,
        ended=found.ended,
        contracts=contracts,
        suppliers=[member for member in members if not member.is_core],
        own=own,
        names=names,
        total=sum(each.face for each in found.held),
    )


@get("/chain/vouchers/{item:str}", guards=[signed_in])
async def voucher_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    item: FromPath[str],
) -> Response[bytes]:
    """A voucher of this person: what it is worth today, and what can be done to it."""
    whole, member = await own_voucher(services, person, item)
    voucher = whole.voucher
    return pages.render(
        "chain/mobile/voucher.html",
        whole=whole,
        voucher=voucher,
        names=await queries.names(services.reader, person.book, [voucher.core, voucher.holder]),
        parts=[row for row in whole.tree if row.parent == voucher.id and row.holder == member.id],
        accepts=may_accept(voucher, member),
        uses=may_use(whole, member),
        done=pages.request.query_params.get("done", ""),
    )


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where they act for a member of a chain."""
    if not await own_members(services, person):
        return []
    found = await _own(services, person)
    shown = found.waiting or found.held
    note = money(sum(each.face for each in shown)) if shown else ""
    return [HomeRow(AT, "Vouchers to accept" if found.waiting else "Vouchers", "receipt", note, is_name=False)]


async def lines(reader: Reader, book: int, transfers: list[int]) -> dict[int, OtherLine]:
    """What movements of a wallet were for vouchers."""
    found = await queries.of_transfers(reader, book, transfers)
    return {transfer: OtherLine("Voucher", f"{AT}/vouchers/{voucher}", is_word=True) for transfer, voucher in found}


handlers = (chain_page, voucher_page)
