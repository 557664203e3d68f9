"""What happens at the demo branch today: live transfers, holds, reversals, a frozen account, and refusals.

Every step has a key of its own, so that a fill that was killed does none of them twice.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from canglian.kernel import Command, Outcome
from canglian.kernel.values import SHANGHAI
from canglian.ledger import AccountState
from canglian.ledger.commands import (
    CaptureHold,
    CloseAccount,
    HoldFunds,
    Line,
    OpenAccount,
    PostTransfer,
    PostTransfers,
    ReleaseHold,
    ReverseTransfer,
    SetAccountState,
)

Ask = Callable[[str, Command[Any]], Awaitable[Outcome[Any]]]
"""Submits a command under a key."""

Numbers = dict[str, int]


async def today(ask: Ask, numbers: Numbers, day: date) -> None:
    """Everything of the day, in order. ``day`` is the business date on which the book was opened."""
    await _holds(ask, numbers, day)
    await _reversals(ask, numbers)
    await _group(ask, numbers)
    await _states(ask, numbers)
    await _refusals(ask, numbers)


async def _holds(ask: Ask, numbers: Numbers, day: date) -> None:
    """Twelve deposits at inns: some captured whole, some in part, some let go, the rest still pending."""
    until = datetime.combine(day + timedelta(days=30), time(12), SHANGHAI).astimezone(UTC)
    for n in range(12):
        inn = numbers["shop-38" if n % 2 else "shop-39"]
        guest = numbers[f"person-{80 + n:03d}"]
        amount = 200_00 + n * 25_00
        placed = await ask(
            f"hold:{n}",
            HoldFunds(
                debit=guest,
                credit=inn,
                amount=amount,
                code="stay.deposit",
                reference=f"ROOM-{301 + n}",
                expires_at=until,
            ),
        )
        if placed.result is None:
            continue  # a fill that goes on a month later: its time is over
        hold = placed.result.id
        if n in (0, 1, 2):
            await ask(f"hold:{n}:capture", CaptureHold(hold=hold))
        elif n in (3, 4):
            await ask(f"hold:{n}:capture", CaptureHold(hold=hold, amount=amount // 2))
        elif n == 5:
            await ask(f"hold:{n}:capture", CaptureHold(hold=hold, amount=amount // 4, final=True))
        elif n in (6, 7):
            await ask(f"hold:{n}:release", ReleaseHold(hold=hold))


async def _reversals(ask: Ask, numbers: Numbers) -> None:
    """Twenty purchases of today, four of them given back."""
    for n in range(20):
        bought = await ask(
            f"purchase:{n}",
            PostTransfer(
                debit=numbers[f"person-{20 + n:03d}"],
                credit=numbers[f"shop-{1 + n % 9:02d}"],
                amount=18_80 + n * 3_10,
                code="shop.payment",
                reference=f"OR-TODAY-{n:03d}",
                metadata={"channel": "qr"},
            ),
        )
        if n % 5 == 0 and bought.result is not None:
            command = ReverseTransfer(transfer=bought.result.id, reason="顾客退货")
            await ask(f"purchase:{n}:return", command)


async def _group(ask: Ask, numbers: Numbers) -> None:
    """A payroll that stands or falls as one."""
    lines = [
        Line(
            debit=numbers["company-10"],
            credit=numbers[f"person-{n:03d}"],
            amount=880_00 + n * 10_00,
            code="salary.bonus",
            reference=f"BONUS-{n:03d}",
        )
        for n in range(1, 13)
    ]
    await ask("bonus", PostTransfers(lines=lines, atomic=True))


async def _states(ask: Ask, numbers: Numbers) -> None:
    """One account frozen, one opened by mistake and closed again."""
    command = SetAccountState(
        account=numbers["person-160"], state=AccountState.FROZEN_OUT, reason="证件已过有效期，待更新"
    )
    await ask("freeze", command)
    opened = await ask("mistake", OpenAccount(asset="CNY", head="2011", name="误开账户", reference="mistake-1"))
    await ask("mistake:close", CloseAccount(account=opened.unwrap().id))


async def _refusals(ask: Ask, numbers: Numbers) -> None:
    """What a rule refuses: each leaves its line in the command log and nothing else."""
    person, shop, purse = numbers["person-001"], numbers["shop-01"], numbers["meals-01"]
    refused = {
        "too-much": PostTransfer(debit=person, credit=shop, amount=9_000_000_00, code="shop.payment"),
        "wrong-purpose": PostTransfer(debit=purse, credit=shop, amount=12_00, code="meal.payment"),
        "wrong-asset": PostTransfer(debit=numbers["wallet-001"], credit=shop, amount=5_00, code="shop.payment"),
        "frozen": PostTransfer(debit=numbers["person-160"], credit=shop, amount=5_00, code="shop.payment"),
        "nobody": PostTransfer(debit=person, credit=999_999, amount=5_00, code="transfer.out"),
        "wallet-full": PostTransfer(
            debit=numbers["exchange-ecny"],
            credit=numbers["wallet-001"],
            amount=600_000_00,
            code="wallet.recharge",
        ),
    }
    for name, command in refused.items():
        await ask(f"refused:{name}", command)
