"""Deposit accounts as the room of limits finds them: by the name of a subject, and all of a party."""

from canglian.bank.deposit.model import AccountState
from canglian.bank.deposit.moving import subject_of
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.limit.holdings import Source, held_by
from canglian.bank.limit.standing import Asked
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order


def asked_of(account: DepositView) -> Asked:
    """An account as the room of limits describes it."""
    return Asked(
        account.product,
        account.level,
        subject_of(account.id),
        account.party,
        asset=account.asset,
        balance=account.balance,
        title=account.number,
    )


async def _one(reader: Reader, book: int, subject: str) -> Asked | None:
    try:
        return asked_of(await accounts.account(reader, book, subject.partition(":")[2]))
    except NotFound:
        return None


async def _of_party(reader: Reader, book: int, party: str) -> list[Asked]:
    page = await accounts.accounts(reader, book, DepositFilter(party=party), Order("-id", None, LIMIT_MAX))
    return [asked_of(account) for account in page.items if account.state is not AccountState.CLOSED]


held_by("deposit", Source(one=_one, of_party=_of_party))
