"""Accounts that an import needs: found by their references, or opened; and accounts as a file of their own."""

import asyncio
import hashlib
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from canglian.kernel.command import Command, Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Busy, Unavailable
from canglian.ledger.commands import OpenAccount
from canglian.ledger.importing.mapping import Counter, Mapping
from canglian.ledger.importing.reading import LineProblem
from canglian.ledger.model import Account

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
        for left in range(SUBMIT_TRIES, 0, -1):
            try:
                outcome = await self.engine.submit(self.book, command, actor=self._actor, key=key, scope=SCOPE)
                if not isinstance(outcome.error, Unavailable) or left == 1:
                    return outcome
            except (Busy, Unavailable):
                if left == 1:
                    raise
            await asyncio.sleep(1)
        raise AssertionError("unreachable")

    async def by_reference(self, references: Iterable[str]) -> dict[str, Account]:
        """The accounts that the book has under these references."""
        wanted = list(references)
        found = await self.engine.store.find(self.book, Account, "reference", wanted) if wanted else {}
        return {reference: accounts[0] for reference, accounts in found.items() if accounts}


class Accounts:
    """The accounts that the lines of one file name. What is opened carries a key of the file and the reference."""

    def __init__(self, gate: Gate, mapping: Mapping, digest: str) -> None:
        self.opened = 0
        self.problems: dict[str, LineProblem] = {}
        self._gate = gate
        self._mapping = mapping
        self._digest = digest
        self._known: dict[str, Account] = {}

    def get(self, reference: str) -> Account:
        """An account that was prepared; raises the LineProblem why it is not there."""
        problem = self.problems.get(reference)
        if problem is not None:
            raise problem
        return self._known[reference]

    def find(self, reference: str) -> Account | None:
        """An account that was prepared, if it is there."""
        return self._known.get(reference)

    def counter_reference(self, name: str) -> str:
        """The reference of a counter account, which the mapping may name differently."""
        counter = self._mapping.counters.get(name)
        return name if counter is None or counter.reference is None else counter.reference

    async def prepare(self, named: set[str], counters: set[str]) -> None:
        """Find or open these accounts and counter accounts."""
        wanted: dict[str, Counter | None] = {}
        for reference in sorted(named):
            wanted.setdefault(reference, None)
        for name in sorted(counters):
            wanted.setdefault(self.counter_reference(name), self._mapping.counters.get(name))
        missing = [r for r in wanted if r not in self._known and r not in self.problems]
        for reference, account in (await self._gate.by_reference(missing)).items():
            self._take(reference, account)
        absent = [r for r in missing if r not in self._known and r not in self.problems]
        for start in range(0, len(absent), OPEN_AT_ONCE):
            page = absent[start : start + OPEN_AT_ONCE]
            await asyncio.gather(*(self._open(r, wanted[r], is_counter=r not in named) for r in page))

    async def _open(self, reference: str, counter: Counter | None, *, is_counter: bool) -> None:
        fields = (
            self._counter_fields(reference, counter) if counter is not None else self._fields(reference, is_counter)
        )
        if fields is None:
            code = "import.counter_unknown" if is_counter else "import.account_unknown"
            self.problems[reference] = LineProblem(code, reference=reference)
            return
        try:
            command = msgspec.convert({"asset": self._mapping.asset, "reference": reference, **fields}, OpenAccount)
        except msgspec.ValidationError as problem:
            self.problems[reference] = LineProblem("import.line_unreadable", problem=str(problem))
            return
        outcome = await self._gate.submit(command, open_key(self._digest, reference))
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


def open_key(digest: str, reference: str) -> str:
    """The idempotency key under which a file opens an account."""
    return f"import:{digest}:open:{hashlib.sha256(reference.encode()).hexdigest()[:24]}"
