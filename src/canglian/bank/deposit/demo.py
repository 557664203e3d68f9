"""Deposit accounts of the demo's customers: opened at the counter and from afar, with money, orders and a freeze."""

import random
from datetime import datetime, time, timedelta
from typing import Any

from canglian.bank.deposit import BoundAccount, DepositAccount
from canglian.bank.deposit.commands import (
    AllotNumbers,
    AnswerRailOrder,
    FreezeAccount,
    MoveCash,
    OpenDepositAccount,
    RequestPull,
    RequestPush,
)
from canglian.bank.deposit.model import FreezeCause, FreezeKind
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.limit import Direction
from canglian.bank.party import Level, OpeningState, PartyKind, Risk
from canglian.bank.party.queries import openings, parties
from canglian.bank.party.queries.openings import OpeningFilter
from canglian.bank.party.queries.parties import PartyFilter
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import SHANGHAI
from canglian.web.services import Services

ACTOR = "system:demo"
_LAST = "deposits:done"


async def fill_deposits(services: Services, book: int) -> None:
    """Open the accounts, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    everybody = Order("id", None, LIMIT_MAX)
    today = (await book_figures(services.reader, book)).today
    since = datetime.combine(today, time(), SHANGHAI)
    seen = PartyFilter(level=Level.FACE_TO_FACE, kind=PartyKind.PERSON, since=since)
    opened: list[DepositAccount] = []
    for n, party in enumerate((await parties.parties(services.reader, book, seen, everybody)).items):
        if party.risk is not Risk.PROHIBITED:
            opened.append(await filling.at_the_counter(n, party.id))
    companies = PartyFilter(level=Level.FACE_TO_FACE, kind=PartyKind.COMPANY)
    for n, company in enumerate((await parties.parties(services.reader, book, companies, everybody)).items):
        await filling.of_a_company(n, company.id)
    done = OpeningFilter(state=OpeningState.ACTIVE)
    for n, opening in enumerate((await openings.openings(services.reader, book, done, everybody)).items):
        await filling.from_afar(n, opening.party, opening.id)
    freeze = FreezeAccount(
        account=opened[0].id,
        freeze_kind=FreezeKind.OUT,
        cause=FreezeCause.ORDER,
        reason="协助冻结",
        authority="新城县人民法院",
        until=today + timedelta(days=180),
    )
    await filling.ask(_LAST, freeze)


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book
        self._chance = random.Random("新城支行的存款")  # noqa: S311 - repeatable on purpose

    async def ask(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=ACTOR, key=key)

    async def _open(self, key: str, **fields: Any) -> DepositAccount:
        row = await self.ask(f"{key}:number", AllotNumbers())
        number = ACCOUNT_NUMBERS.allotted(self._services.keyring, row.prefix, row.first, f"{ACTOR}/{key}")
        return await self.ask(key, OpenDepositAccount(number=number, **fields))

    async def at_the_counter(self, n: int, party: str) -> DepositAccount:
        """A Class I account with some cash in it."""
        key = f"deposits:counter-{n}"
        account = await self._open(key, product="deposit.class1", channel="counter", party=party)
        for count in range(self._chance.randint(1, 3)):
            cash = MoveCash(account=account.id, direction=Direction.IN, amount=self._chance.randint(10, 900) * 10_000)
            await self.ask(f"{key}:cash-{count}", cash)
        return account

    async def of_a_company(self, n: int, party: str) -> None:
        """A corporate account with the takings of some days in it."""
        key = f"deposits:company-{n}"
        account = await self._open(key, product="deposit.corporate", channel="counter", party=party)
        cash = MoveCash(account=account.id, direction=Direction.IN, amount=self._chance.randint(50, 400) * 100_000)
        await self.ask(f"{key}:cash", cash)

    async def from_afar(self, n: int, party: str, opening: str) -> None:
        """A Class II account with money of its bound account; the last order waits for the rail."""
        key = f"deposits:afar-{n}"
        account = await self._open(
            key, product="deposit.class2", channel="mobile", party=party, opening=opening, bank="新城农村信用社"
        )
        stored = await self._services.store.find(self._book, BoundAccount, "account", [account.id])
        (bound,) = stored[account.id]
        amount = self._chance.randint(5, 80) * 10_000
        pull = await self.ask(f"{key}:pull", RequestPull(bound_account=bound.id, amount=amount, channel="mobile"))
        answer = AnswerRailOrder(order=pull.id, succeeded=n % 4 != 3, reference=f"R{n:06d}", reason="余额不足")
        await self.ask(f"{key}:answer", answer)
        if n % 4 != 3:
            push = RequestPush(bound_account=bound.id, amount=amount // 4, channel="mobile")
            await self.ask(f"{key}:push", push)
