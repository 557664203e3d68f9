"""The steps of this room, and of the rooms below: cut-off, interest, expiries, settlement, trial balance, next day."""

from datetime import date

from canglian.bank.deposit.interest_runs import InterestRuns
from canglian.bank.deposit.running import INTEREST as DEPOSIT_INTEREST
from canglian.bank.payment.queries import orders, payments
from canglian.bank.payment.room import expire
from canglian.bank.purpose import queries as purpose
from canglian.bank.purpose.room import end_contracts
from canglian.bank.settlement.calendar import business_day_after
from canglian.bank.settlement.closing import queries
from canglian.bank.settlement.closing.steps import Step, Turn, register
from canglian.bank.settlement.settling import queries as settling
from canglian.bank.settlement.settling.running import cut_off, settle_day
from canglian.bank.wallet.running import INTEREST as WALLET_INTEREST
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.ledger.queries.trial_balance import trial_balance
from canglian.web.principal import Role
from canglian.web.services import Services

ACTOR = "job:eod"
UNFINISHED = "eod.interest_unfinished"
UNBALANCED = "eod.unbalanced"
NOT_EXPIRED = "eod.not_expired"


async def _single(_services: Services, _book: int, _day: date) -> int:
    """A step of one item."""
    return 1


async def _cut_off(turn: Turn) -> None:
    await cut_off(turn.engine, turn.reader, turn.book, turn.date)
    turn.advance(1)


def _interest(name: str, order: int, runs: InterestRuns) -> Step:
    """The step that brings one kind of interest up to the day before."""

    async def count(services: Services, book: int, day: date) -> int:
        return await queries.interest_due(services.reader, book, runs.interest.kind, day)

    async def run(turn: Turn) -> None:
        for done in await runs.run(turn.engine, turn.reader, turn.book, progress=turn.advance):
            turn.add("booked", done.booked)
            turn.add("settled", done.settled)
            turn.add("paid", done.paid)
            if not done.finished:
                turn.fail(done.date.isoformat(), UNFINISHED)

    return Step(name, order, count, run)


async def _payments_due(services: Services, book: int, day: date) -> int:
    return await payments.count_expiring(services.reader, book, services.engine.clock(), day)


async def _unpaid(turn: Turn) -> list[str]:
    """Orders and payments that are out of time, as many as one turn of the room takes."""
    reader, book, now = turn.reader, turn.book, turn.engine.clock()
    return [
        *await orders.expiring(reader, book, now),
        *await payments.expiring(reader, book, now),
        *await payments.unsplit(reader, book, turn.date),
    ]


async def _contracts_due(services: Services, book: int, day: date) -> int:
    return await purpose.count_ending(services.reader, book, day)


async def _end_contracts(turn: Turn) -> None:
    """Contracts expire, and their money goes. Where a wallet takes none it waits for the turns of the room."""
    left = await _contracts_due(turn.services, turn.book, turn.date)
    while left:
        await end_contracts(turn.services, turn.book)
        after = await _contracts_due(turn.services, turn.book, turn.date)
        turn.advance(left - after)
        turn.add("expired", left - after)
        if after >= left:
            break
        left = after
    for contract in await purpose.expiring(turn.reader, turn.book, turn.date):
        turn.fail(contract, NOT_EXPIRED)


async def _expire(turn: Turn) -> None:
    """Turns of the room, as long as they make fewer of what is out of time."""
    left = await _unpaid(turn)
    while left:
        await expire(turn.services, turn.book)
        after = await _unpaid(turn)
        gone = set(left) - set(after)
        turn.advance(len(gone))
        turn.add("expired", len(gone))
        if not gone:
            for item in after:
                turn.fail(item, NOT_EXPIRED)
            return
        left = after


async def _settlements_due(services: Services, book: int, day: date) -> int:
    return await settling.count_due(services.reader, book, day)


async def _settle(turn: Turn) -> None:
    done = await settle_day(turn.engine, turn.reader, turn.book, turn.date, progress=turn.advance)
    turn.add("settled", done.settled)
    for asset, amount in done.paid.items():
        turn.add(f"paid_{asset}", amount)
    for left in done.left:
        turn.fail(f"account:{left.account}", left.code)


async def _balance(turn: Turn) -> None:
    found = await trial_balance(turn.reader, turn.book)
    for total in found.totals:
        if total.difference:
            turn.fail(total.asset, UNBALANCED)
    turn.advance(1)


async def _open_next_day(turn: Turn) -> None:
    """The next business day by the calendar; how far ahead it may go alone is the book's own bound."""
    if (await book_figures(turn.reader, turn.book)).today <= turn.date:
        years = await settling.years_of(turn.reader, turn.book, turn.date)
        command = CloseDay(next_day=business_day_after(years, turn.date).day)
        outcome = await turn.engine.submit(turn.book, command, actor=ACTOR, role=Role.ADMIN.value)
        if outcome.error is not None and (await book_figures(turn.reader, turn.book)).today <= turn.date:
            outcome.unwrap()
    turn.advance(1)


register(
    Step("cut-off", 10, _single, _cut_off),
    _interest("deposit-interest", 20, DEPOSIT_INTEREST),
    _interest("wallet-interest", 21, WALLET_INTEREST),
    Step("payment-expiry", 30, _payments_due, _expire),
    Step("purpose-expiry", 31, _contracts_due, _end_contracts),
    Step("settlement", 40, _settlements_due, _settle),
    Step("trial-balance", 60, _single, _balance),
    Step("open-next-day", 90, _single, _open_next_day, last=True),
)
