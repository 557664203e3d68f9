"""Accounts that an import needs: found by their references, or opened; and accounts as a file of their own."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeVar

import msgspec

from canglian.kernel.command import Command, Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Busy, Conflict, Malformed, Rejection, Unavailable
from canglian.kernel.known import checked_key
from canglian.ledger.commands import NEW_FROM, OpenAccount
from canglian.ledger.importing.mapping import Counter, Mapping
from canglian.ledger.importing.reading import LineProblem
from canglian.ledger.model import Account, AccountState, Balance, Head, Side

R = TypeVar("R")

SCOPE = "import"
OPEN_AT_ONCE = 500
SUBMIT_TRIES = 60


class Gate:
    """The book that an import goes to: retries while the queue is full, under a key, so that it is done once."""

    def __init__(self, engine: Engine, book: int, actor: str) -> None:
        self.engine = engine
        self.book = book
        self._actor = actor

    async def submit(self, command: Command[R], key: str) -> Outcome[R]:
        """The outcome; raises Busy or Unavailable only after a minute of trying."""
        return await self._patiently(
            lambda: self.engine.submit(self.book, command, actor=self._actor, key=key, scope=SCOPE)
        )

    async def _patiently(self, submit: Callable[[], Awaitable[Outcome[R]]]) -> Outcome[R]:
        for left in range(SUBMIT_TRIES, 0, -1):
            try:
                outcome = await submit()
                if not isinstance(outcome.error, Unavailable) or left == 1:
                    return outcome
            except (Busy, Unavailable):
                if left == 1:
                    raise
            await asyncio.sleep(1)
        raise AssertionError("unreachable")

    async def try_out(self, command: Command[R]) -> Outcome[R]:
        """What would become of a command."""
        return await self._patiently(lambda: self.engine.submit(self.book, command, actor=self._actor, dry_run=True))

    async def is_known(self, key: str) -> bool:
        """Whether the log has a command of an import under this key."""
        stored = checked_key(key, SCOPE)
        return stored in await self.engine.store.known(self.book, [stored])

    async def by_reference(self, references: Iterable[str]) -> dict[str, Account]:
        """The accounts that the book has under these references."""
        wanted = list(references)
        found = await self.engine.store.find(self.book, Account, "reference", wanted) if wanted else {}
        return {reference: accounts[0] for reference, accounts in found.items() if accounts}


class Turns:
    """Imports into a book go one after another: each of their commands takes the next turn, and where another import
    took it, this one ends. Nothing is booked twice: run again, it goes on with what the book lacks."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._next = 0

    async def submit(self, command: Command[R]) -> Outcome[R]:
        """Submit the next command; raises Conflict ``import.under_way``."""
        outcome = await self._gate.submit(command, _turn_key(self._next))
        if outcome.error is not None and outcome.error.code == "idempotency.key_reused":
            raise Conflict("import.under_way")
        self._next += 1
        return outcome

    async def start(self) -> None:
        """Find the first turn that nobody took. What the book has is looked at after that, so that whatever another
        import books meanwhile is met in its turn."""
        step = 1
        while await self._gate.is_known(_turn_key(step)):
            step *= 2
        taken, free = step // 2, step
        while free - taken > 1:
            middle = (taken + free) // 2
            if await self._gate.is_known(_turn_key(middle)):
                taken = middle
            else:
                free = middle
        self._next = free


def _turn_key(turn: int) -> str:
    return f"import:turn:{turn}"


class Planned(NamedTuple):
    """An account that the book does not have, under the number that it is tried with; opened when a line needs it."""

    id: int
    normal_side: Side
    command: OpenAccount


class Accounts:
    """The accounts that the lines of one file name. What is opened carries a key of the file and the reference."""

    def __init__(self, gate: Gate, mapping: Mapping, digest: str) -> None:
        self.opened = 0
        self.problems: dict[str, LineProblem] = {}
        self.before: dict[int, Balance] = {}
        """The figures of accounts that were there, from before the first line of this file was booked on them."""
        self.plans: dict[str, Planned] = {}
        self._gate = gate
        self._mapping = mapping
        self._digest = digest
        self._known: dict[str, Account] = {}
        self._sides: dict[str, Side] = {}

    def get(self, reference: str) -> Account | Planned:
        """An account that was prepared; raises the LineProblem why there is none."""
        problem = self.problems.get(reference)
        if problem is not None:
            raise problem
        return self._known.get(reference) or self.plans[reference]

    def find(self, reference: str) -> Account | None:
        """An account that was prepared, if it is there."""
        return self._known.get(reference)

    def counter_reference(self, name: str) -> str:
        """The reference of a counter account, which the mapping may name differently."""
        counter = self._mapping.counters.get(name)
        return name if counter is None or counter.reference is None else counter.reference

    async def prepare(self, named: set[str], counters: set[str]) -> None:
        """Find these accounts and counter accounts, or plan how they are opened."""
        wanted: dict[str, Counter | None] = {}
        for reference in sorted(named):
            wanted.setdefault(reference, None)
        for name in sorted(counters):
            wanted.setdefault(self.counter_reference(name), self._mapping.counters.get(name))
        missing = [r for r in wanted if r not in self._known and r not in self.problems]
        self.plans = {}
        if not missing:
            return
        for reference, account in (await self._gate.by_reference(missing)).items():
            self._take(reference, account)
        found = [self._known[r].id for r in missing if r in self._known]
        if found:
            self.before |= await self._gate.engine.store.load(self._gate.book, Balance, found)
        for reference in missing:
            if reference not in self._known and reference not in self.problems:
                await self._plan(reference, wanted[reference], is_counter=reference not in named)

    def is_unbounded(self, account: Account | Planned, day: date) -> bool:
        """Whether an account takes any movement of a day: open, with neither bounds nor a purpose, and not moved later
        before this file."""
        if isinstance(account, Planned):
            return account.command.floor is None and account.command.ceiling is None
        before = self.before.get(account.id)
        if account.state is not AccountState.OPEN or account.purpose is not None or (before and before.date > day):
            return False
        return account.floor is None and account.ceiling is None

    async def open(self, planned: dict[int, str]) -> dict[int, int]:
        """Open accounts as they were planned, by the numbers they were planned with; the numbers that they have now."""
        wanted = list(planned.values())
        for start in range(0, len(wanted), OPEN_AT_ONCE):
            await asyncio.gather(*(self._open(reference) for reference in wanted[start : start + OPEN_AT_ONCE]))
        return {number: self._known[reference].id for number, reference in planned.items()}

    async def _plan(self, reference: str, counter: Counter | None, *, is_counter: bool) -> None:
        fields = (
            self._counter_fields(reference, counter) if counter is not None else self._fields(reference, is_counter)
        )
        if fields is None:
            code = "import.counter_unknown" if is_counter else "import.account_unknown"
            self.problems[reference] = LineProblem(code, reference=reference)
            return
        try:
            command = checked({"asset": self._mapping.asset, "reference": reference, **fields})
        except LineProblem as problem:
            self.problems[reference] = problem
            return
        side = await self.side(command.head)  # where the mapping gives another, too: the head has to be there
        side = command.normal_side or side
        self.plans[reference] = Planned(NEW_FROM + len(self.plans), side, command)

    async def side(self, head: str) -> Side:
        """The normal side of a head's accounts; raises Rejection ``head.not_found``."""
        if head not in self._sides:
            found = await self._gate.engine.store.load(self._gate.book, Head, [head])
            if head not in found:
                raise Rejection("head.not_found", head=head)
            self._sides[head] = found[head].normal_side
        return self._sides[head]

    async def _open(self, reference: str) -> None:
        outcome = await self._gate.submit(self.plans[reference].command, open_key(self._digest, reference))
        self._take(reference, outcome.unwrap())
        self.opened += not outcome.replayed

    def _take(self, reference: str, account: Account) -> None:
        if account.asset == self._mapping.asset:
            self._known[reference] = account
        else:  # its amounts may have other decimals
            fields = {"asset": account.asset, "expected": self._mapping.asset}
            self.problems[reference] = LineProblem("transfer.asset_unexpected", **fields)

    def _counter_fields(self, reference: str, counter: Counter) -> dict[str, Any]:
        fields = {"head": counter.head, "name": counter.name, "floor": None}
        return fields | ({} if counter.normal_side is None else {"normal_side": counter.normal_side})

    def _fields(self, reference: str, is_counter: bool) -> dict[str, Any] | None:
        opening = self._mapping.accounts
        if opening is None or (is_counter and not self._mapping.is_journal):
            return None
        name = opening.name + reference.removeprefix(opening.prefix) if opening.name else None
        fields = {"head": opening.head, "floor": opening.floor, "name": name}
        return fields | ({} if opening.normal_side is None else {"normal_side": opening.normal_side})


def checked(fields: dict[str, Any]) -> OpenAccount:
    """How an account is opened; raises LineProblem for fields that none may have."""
    try:
        command = msgspec.convert(fields, OpenAccount)
        reference = command.reference or ""
        if command.name is not None or not reference.isascii() or reference.isdecimal():
            command.check()  # what nothing can be wrong with is not looked at
    except msgspec.ValidationError as problem:
        raise LineProblem("import.line_unreadable", problem=str(problem)) from None
    except (Malformed, Rejection) as problem:
        raise LineProblem(problem.code, **problem.fields) from None
    return command


def open_key(digest: str, reference: str) -> str:
    """The idempotency key under which a file opens an account."""
    return f"import:{digest}:open:{hashlib.sha256(reference.encode()).hexdigest()[:24]}"
