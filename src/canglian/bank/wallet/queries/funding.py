"""Where money of a wallet comes from and goes to: the deposit accounts and bound accounts of its holder, and orders."""

from canglian.bank.deposit import AccountState, BindingState, BoundAccount, DepositAccount, RailOrder
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one, some


async def deposits_of(reader: Reader, book: int, party: str) -> list[DepositAccount]:
    """The deposit accounts of a holder that are not closed, newest first."""
    found = await some(reader, book, DepositAccount, "party", party)
    return [each for each in found if each.state is not AccountState.CLOSED]


async def bound_to(reader: Reader, book: int, deposit: str) -> list[BoundAccount]:
    """The accounts at other banks that are bound to a deposit account now, newest first."""
    found = await some(reader, book, BoundAccount, "account", deposit)
    return [each for each in found if each.state is BindingState.ACTIVE]


async def order(reader: Reader, book: int, identity: str) -> RailOrder:
    """Money on its way over the rail; NotFound ``rail_order.not_found``."""
    return await one(reader, book, RailOrder, identity)


async def bound(reader: Reader, book: int, identity: str) -> BoundAccount:
    """An account at another bank; NotFound ``bound_account.not_found``."""
    return await one(reader, book, BoundAccount, identity)


async def deposit(reader: Reader, book: int, identity: str) -> DepositAccount:
    """A deposit account; NotFound ``deposit_account.not_found``."""
    return await one(reader, book, DepositAccount, identity)
