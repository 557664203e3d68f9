"""Draws of the demo: one that was held, with a proof, whose prizes can be claimed; and one that people join now."""

from datetime import datetime, time, timedelta
from typing import Any

from canglian.bank.reward.draws import queries, service
from canglian.bank.reward.draws.commands import (
    ApproveDraw,
    ClaimPrize,
    ConfirmDraw,
    DraftDraw,
    FreezeDraw,
    JoinDraw,
    RevealDraw,
    RevealSecondSeed,
    SubmitDraw,
)
from canglian.bank.reward.draws.model import Draw, DrawState, Prize, PrizeKind, WinState
from canglian.bank.wallet.model import WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import SHANGHAI
from canglian.web.services import Services

ACTOR = "system:demo"
SECOND = "system:demo-approver"
_LAST = "draw:open:approve"
_HELD = "新春抽奖"
_PEOPLE_MAX = 12


async def fill(services: Services, book: int) -> None:
    """Publish the draws, unless an earlier run has; people join them."""
    if await services.store.known(book, [checked_key(_LAST, SECOND)]):
        return
    today = (await book_figures(services.reader, book)).today
    filling = _Filling(services, book)
    start = datetime.combine(today, time(), SHANGHAI)
    kettle = Prize("电饭煲", PrizeKind.GOODS, 39_900, 1)
    held = await filling.published("held", _HELD, (kettle, Prize("红包", PrizeKind.BENEFIT, 880, 3)), start, days=1)
    for turn, wallet in enumerate(await filling.people()):
        await filling.ask(f"join-{turn}", JoinDraw(draw=held.id, wallet=wallet.id))
    prizes = (Prize("一等奖", PrizeKind.BENEFIT, 88_800, 1), Prize("幸运奖", PrizeKind.BENEFIT, 600, 20))
    await filling.published("open", "春茶抽奖", prizes, start, days=30)


async def hold(services: Services, book: int) -> None:
    """Hold the draw whose time has come on a later day of the demo; one winner claims a prize."""
    page = await queries.draws(services.reader, book, queries.DrawFilter(), Order(limit=LIMIT_MAX))
    filling = _Filling(services, book)
    for found in page.items:
        draw = found
        today = (await book_figures(services.reader, book)).today
        if draw.name != _HELD or draw.drafted_by != ACTOR or draw.draws_at.astimezone(SHANGHAI).date() > today:
            continue
        if draw.state is DrawState.PUBLISHED:
            draw = await filling.ask("freeze", FreezeDraw(draw=draw.id))
        if draw.state is DrawState.FROZEN:
            secret = await service.second_seed(services, book, draw.id, None)
            draw = await filling.ask("second", RevealSecondSeed(draw=draw.id, secret=secret), SECOND)
        if draw.state is DrawState.DRAWN:
            seed = await service.bank_seed(services, book, draw.id)
            draw = await filling.ask("reveal", RevealDraw(draw=draw.id, seed=seed))
        if draw.state is DrawState.REVEALED:
            again = await service.computed_again(services, book, draw.id)
            await filling.ask("confirm", ConfirmDraw(draw=draw.id, result_hash=again))
            await filling.claim_one(draw)


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book

    async def ask(self, key: str, command: Command[Any], actor: str = ACTOR) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=actor, key=f"draw:{key}")

    async def published(self, key: str, name: str, prizes: tuple[Prize, ...], start: datetime, *, days: int) -> Draw:
        """A draw that people join from a day on, for so many days."""
        keyring = self._services.keyring
        until = start + timedelta(days=days)
        draft = DraftDraw(
            name=name,
            summary="实名钱包均可参加，每人一次",
            prizes=prizes,
            joins_from=start,
            joins_until=until,
            draws_at=until,
            fallback=f"上证指数 {until + timedelta(days=7):%Y-%m-%d} 收盘价，两位小数",
            fallback_at=until + timedelta(days=8),
            seed=service.new_seed(keyring, f"demo:{self._book}:{key}:own"),
            asset="ECNY",
            alternates=3,
            claim_days=60,
        )
        drafted: Draw = await self.ask(f"{key}:draft", draft)
        await self.ask(f"{key}:submit", SubmitDraw(draw=drafted.id))
        second = service.new_seed(keyring, f"demo:{self._book}:{key}:second")
        return await self.ask(f"{key}:approve", ApproveDraw(draw=drafted.id, second=second), SECOND)

    async def people(self) -> list[WalletView]:
        """Some e-CNY wallets of people, the oldest first, one of each person."""
        asked = WalletFilter(state=WalletState.ACTIVE)
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        able = [each for each in page.items if each.kind is WalletKind.ECNY and each.parent is None and each.party]
        people = {each.party: each for each in able if each.product != "wallet.ecny_corporate"}
        return list(people.values())[:_PEOPLE_MAX]

    async def claim_one(self, draw: Draw) -> None:
        """Somebody who has won money claims it."""
        for win in await queries.wins_of(self._services.reader, self._book, draw.id):
            prize = None if win.prize is None else draw.prizes[win.prize - 1]
            if win.state is WinState.OFFERED and prize is not None and prize.kind is PrizeKind.BENEFIT:
                await self.ask("claim", ClaimPrize(win=win.id, wallet=win.wallet, channel="counter"))
                return
