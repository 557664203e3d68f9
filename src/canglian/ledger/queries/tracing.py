"""Tracing: from one transfer, everything before and after it that the same money, group or reference touched.

Money has no colour, so a rule says which of it leaves an account first: what came in first (FIFO). Every account's
inflow is laid on a line, unit by unit, and so is its outflow; a movement out carries the units of those movements in
whose stretches it overlaps. The totals at the nearest mark say where a stretch begins, so no history is read whole.
"""

import asyncio
from collections import deque
from typing import Annotated, Any

import msgspec

from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.ledger.queries.accounts import AccountName, names
from canglian.ledger.queries.transfers import TransferView, some, transfer

DEPTH_MAX = 6
NODES_MAX = 200
BRANCHES_MAX = 25
"""How many movements one movement's money is followed into."""

KIN_MAX = 50


class Flow(msgspec.Struct, frozen=True):
    """``amount`` of the money that came with ``source`` went on with ``target``, both transfers."""

    source: Annotated[int, doc("The transfer that the money came from.")]
    target: Annotated[int, doc("The transfer that the money went into.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]


class Kin(msgspec.Struct, frozen=True):
    """Transfers that belong together: ``by`` is group, reference, hold, reversal or command."""

    by: Annotated[str, doc("What they have in common: `group`, `reference`, `hold`, `reversal` or `command`.")]
    value: Annotated[str, doc("The group, reference, hold or command that they share.")]
    transfers: Annotated[list[int], doc("The transfers, or their numbers.")]


class Trace(msgspec.Struct, frozen=True):
    """The transfers met, how money flowed between them, and what else ties them to the first.

    ``cut`` is true where a bound ended the search before the money did.
    """

    root: Annotated[int, doc("The transfer that was asked for.")]
    transfers: Annotated[list[TransferView], doc("The transfers, or their numbers.")]
    flows: Annotated[list[Flow], doc("How much of each transfer's money went on into which.")]
    kin: Annotated[list[Kin], doc("Transfers that belong together with this one.")]
    accounts: Annotated[dict[int, AccountName], doc("The accounts that are named, or how many there are.")]
    cut: Annotated[bool, doc("Whether there is more than is shown.")]


class _Stretch(msgspec.Struct, frozen=True):
    """Units ``start`` to ``end`` of what came into an account, or went out of it."""

    account: int
    start: int
    end: int


async def trace(reader: Reader, book: int, number: int, depth: int = 3) -> Trace:
    """The trace of a transfer; NotFound ``transfer.not_found``. ``depth`` is how many steps each way, at most 6."""
    root = await transfer(reader, book, number)
    search = _Search(reader, book, min(max(depth, 0), DEPTH_MAX))
    await search.run(root, forward=True)
    await search.run(root, forward=False)
    kin = await _kin(reader, book, root)
    met = {root.id, *search.met, *(n for some_kin in kin for n in some_kin.transfers)}
    views = await some(reader, book, met)
    accounts = await names(reader, book, {n for view in views for n in (view.debit, view.credit)})
    flows = [Flow(source, target, amount) for (source, target), amount in search.flows.items()]
    return Trace(root.id, views, flows, kin, accounts, search.cut)


class _Search:
    def __init__(self, reader: Reader, book: int, depth: int) -> None:
        self._reader = reader
        self._book = book
        self._depth = depth
        self.met: set[int] = set()
        self.flows: dict[tuple[int, int], int] = {}
        self.cut = False

    async def run(self, root: TransferView, *, forward: bool) -> None:
        """Follow the money of ``root`` to where it went, or back to where it came from."""
        queue: deque[tuple[int, int, int, int, int]] = deque()
        account = root.credit if forward else root.debit
        start = await self._before(account, root.id, inflow=forward)
        queue.append((root.id, account, 0, start, start + root.amount))
        seen: set[tuple[int, int]] = set()
        while queue:
            number, account, depth, start, end = queue.popleft()
            if depth == self._depth:
                self.cut = self.cut or await self._goes_on(account, start, forward=forward)
                continue
            found = await self._overlapping(_Stretch(account, start, end), outflow=forward)
            for other, offset, units, far_account in found:
                if (other, offset) in seen:
                    continue
                pair = (number, other) if forward else (other, number)
                self.flows[pair] = self.flows.get(pair, 0) + units
                if len(self.met) >= NODES_MAX:
                    self.cut = True
                    return
                seen.add((other, offset))
                self.met.add(other)
                begin = offset + await self._before(far_account, other, inflow=forward)
                queue.append((other, far_account, depth + 1, begin, begin + units))

    async def _before(self, account: int, number: int, *, inflow: bool) -> int:
        """How much had come into (or gone out of) an account before a transfer."""
        side, total = ("credit", "credits") if inflow else ("debit", "debits")
        mark = await self._reader.row(
            f"SELECT {total}, transfer FROM balance_mark WHERE book = $1 AND account = $2 AND transfer < $3 "
            "ORDER BY date DESC, transfer DESC LIMIT 1",
            self._book,
            account,
            number,
        )
        before, since = (0, 0) if mark is None else mark
        more = await self._reader.value(
            f"SELECT coalesce(sum(amount), 0)::bigint FROM transfer WHERE book = $1 AND {side} = $2 "
            "AND id > $3 AND id < $4",
            self._book,
            account,
            since,
            number,
        )
        return before + more

    async def _overlapping(self, stretch: _Stretch, *, outflow: bool) -> list[tuple[int, int, int, int]]:
        """Movements on the other side of the account that carry units of the stretch: their number, where within
        them those units begin, how many they are, and the account at their far end."""
        side, far, total = ("debit", "credit", "debits") if outflow else ("credit", "debit", "credits")
        mark, until = await asyncio.gather(
            self._reader.row(
                f"SELECT {total}, transfer FROM balance_mark WHERE book = $1 AND account = $2 AND {total} <= $3 "
                "ORDER BY date DESC, transfer DESC LIMIT 1",
                self._book,
                stretch.account,
                stretch.start,
            ),
            self._reader.value(
                f"SELECT transfer FROM balance_mark WHERE book = $1 AND account = $2 AND {total} >= $3 "
                "ORDER BY date, transfer LIMIT 1",
                self._book,
                stretch.account,
                stretch.end,
            ),
        )
        position, since = (0, 0) if mark is None else mark
        rows = await self._reader.rows(
            f"SELECT id, amount, low, {far} FROM (SELECT id, amount, {far}, $4 + sum(amount) OVER (ORDER BY id) "
            f"- amount AS low FROM transfer WHERE book = $1 AND {side} = $2 AND id > $3 "
            f"AND id <= $7 ORDER BY id) AS laid "
            f"WHERE low + amount > $5 AND low < $6 ORDER BY id LIMIT {BRANCHES_MAX + 1}",
            self._book,
            stretch.account,
            since,
            position,
            stretch.start,
            stretch.end,
            2**62 if until is None else until,
        )
        if len(rows) > BRANCHES_MAX:
            self.cut = True
        found: list[tuple[int, int, int, int]] = []
        for number, amount, low, far_account in rows[:BRANCHES_MAX]:
            first, last = max(int(low), stretch.start), min(int(low) + amount, stretch.end)
            found.append((number, first - int(low), last - first, far_account))
        return found

    async def _goes_on(self, account: int, start: int, *, forward: bool) -> bool:
        total = "debits" if forward else "credits"
        moved = await self._reader.value(
            f"SELECT {total} FROM balance WHERE book = $1 AND account = $2", self._book, account
        )
        return moved is not None and moved > start


async def _kin(reader: Reader, book: int, root: TransferView) -> list[Kin]:
    """What is tied to the transfer by more than money."""
    ties: list[tuple[str, str, Any]] = [
        ("group", '"group"', root.group),
        ("reference", "reference", root.reference),
        ("hold", "hold", root.hold),
    ]
    kin: list[Kin] = []
    for by, column, value in ties:
        if value is not None:
            rows = await reader.rows(
                f"SELECT id FROM transfer WHERE book = $1 AND {column} = $2 ORDER BY id LIMIT {KIN_MAX}", book, value
            )
            kin.append(Kin(by, str(value), [row["id"] for row in rows]))
    undone = [n for n in (root.reverses, root.reversed_by) if n is not None]
    if undone:
        kin.append(Kin("reversal", str(undone[0]), [root.id, *undone]))
    near = await reader.rows(
        "SELECT id FROM transfer WHERE book = $1 AND id BETWEEN $2 AND $3 AND command = $4 ORDER BY id LIMIT 51",
        book,
        root.id - KIN_MAX,
        root.id + KIN_MAX,
        root.command,
    )
    if len(near) > 1:
        kin.append(Kin("command", str(root.command), [row["id"] for row in near]))
    return kin
