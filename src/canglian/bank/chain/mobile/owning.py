"""What is somebody's own of a chain. Everything that an address names goes through here; the rest is not found."""

from canglian.bank.chain import queries
from canglian.bank.chain.model import ChainMember, Voucher
from canglian.bank.chain.queries import VoucherWhole
from canglian.bank.chain.trade import queries as trade
from canglian.bank.chain.trade.queries import ContractWhole
from canglian.bank.wallet.mobile.owning import identified_wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.errors import NotFound
from canglian.web.mobile import Person
from canglian.web.services import Services


async def own_members(services: Services, person: Person) -> list[ChainMember]:
    """The members that this person acts for: themselves, and companies that they represent by law."""
    return [] if person.party is None else await queries.members_for(services.reader, person.book, person.party)


async def own_supplier(services: Services, person: Person, identity: str) -> ChainMember:
    """A supplier or dealer that this person acts for.

    NotFound ``chain_member.not_found`` for others, and for a core company.
    """
    for member in await own_members(services, person):
        if member.id == identity and not member.is_core:
            return member
    raise NotFound("chain_member.not_found", chain_member=identity)


async def own_voucher(services: Services, person: Person, identity: str) -> tuple[VoucherWhole, ChainMember]:
    """A voucher that a member of this person's holds or pays, and that member.

    NotFound ``voucher.not_found`` for one that is others', too.
    """
    found = await queries.voucher(services.reader, person.book, identity)
    own = await own_members(services, person)
    member = next((each for each in own if each.id == found.holder), None) or next(
        (each for each in own if each.id == found.core), None
    )
    if member is None:
        raise NotFound("voucher.not_found", voucher=identity)
    return await queries.whole(services.reader, person.book, identity), member


async def own_contract(services: Services, person: Person, identity: str) -> tuple[ContractWhole, ChainMember]:
    """A contract of a member of this person's, and that member.

    NotFound ``trade_contract.not_found`` for one that is others', too.
    """
    found = await trade.contract(services.reader, person.book, identity)
    own = {each.id: each for each in await own_members(services, person)}
    member = own.get(found.partner) or own.get(found.core)
    if member is None:
        raise NotFound("trade_contract.not_found", trade_contract=identity)
    return await trade.whole(services.reader, person.book, identity), member


def may_accept(voucher: Voucher, member: ChainMember) -> bool:
    """Whether a member is who accepts or declines a voucher."""
    return voucher.state.value == "issued" and member.id == voucher.core


def may_use(whole: VoucherWhole, member: ChainMember) -> bool:
    """Whether a member may split, transfer or finance a voucher today."""
    return whole.quote is not None and member.id == whole.voucher.holder


async def signing_wallets(services: Services, person: Person) -> list[WalletView]:
    """The wallets whose PIN this person signs with."""
    return await identified_wallets(services, person)
