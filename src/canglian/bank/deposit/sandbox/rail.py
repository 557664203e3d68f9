"""A world that moves money to and from accounts at other banks, reports outcomes, and writes a daily file.

An account springs up with ¥10,000 in the name that is first heard of it. What can be tried:

    the account ends in 0000         it is closed: nothing goes there and nothing comes from it
    more than there is               a pull fails
    another name than the first      the order fails

An order is carried out when it is taken. A moment later its outcome can be queried, and is reported to the address that
the order names, until somebody takes it.
"""

import asyncio
import contextlib
import secrets
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Meta

from canglian.kernel.values import Amount
from canglian.web.sandbox.world import Fact, Reply, World, is_local, refusal
from canglian.web.signing import Asked, signed_request

OPENING_BALANCE = 1_000_000
OUTCOME_SECONDS = 0.3
REPORT_SECONDS = 0.1
REPORT_TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS_MAX = 60.0
CLOSED = "0000"
ENTRIES_SHOWN = 10

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money is to be moved: ``push`` and ``one_cent`` to the account, ``pull`` from it. ``date`` is the bank's day."""

    order: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}\Z")]
    kind: Literal["one_cent", "pull", "push"]
    account: Annotated[str, Meta(pattern=r"^[0-9]{8,32}\Z")]
    name: Text
    amount: Amount
    date: date
    callback: Annotated[str, Meta(max_length=500)] | None = None


class Done(msgspec.Struct, frozen=True):
    """An order and how it ended."""

    order: str
    kind: str
    account: str
    name: str
    amount: int
    date: date
    callback: str | None
    reference: str
    reason: str | None
    at: float

    @property
    def succeeded(self) -> bool:
        """Whether the money moved."""
        return self.reason is None


class Account(msgspec.Struct):
    """An account at another bank."""

    name: str
    balance: int = OPENING_BALANCE


class Rail(World):
    """The rail."""

    name: ClassVar[str] = "rail"
    title: ClassVar[str] = "他行账户通道 · Rail to other banks"
    front: ClassVar[str] = "/accounts"
    front_title: ClassVar[str] = "他行账户 · Accounts at other banks"

    def __init__(self, *given: Any, **more: Any) -> None:
        self.accounts: dict[str, Account] = {}
        self.orders: dict[str, Done] = {}
        self._unreported: dict[str, tuple[float, float]] = {}
        self._task: asyncio.Task[None] | None = None
        super().__init__(*given, **more)

    # -- requests of the bank ----------------------------------------------------------------------------------

    def do(self, asked: Asked, data: Any) -> Reply:
        """``POST /orders``, ``GET /orders/{order}``, ``GET /files/{date}``."""
        if (asked.method, asked.path) == ("POST", "/orders"):
            return self._take_order(data)
        if asked.method == "GET" and asked.path.startswith("/orders/"):
            return self._order(asked.path.removeprefix("/orders/"))
        if asked.method == "GET" and asked.path.startswith("/files/"):
            return self._file(asked.path.removeprefix("/files/"))
        return refusal(404, "not_found", "There is nothing here.")

    def _take_order(self, data: Any) -> Reply:
        try:
            order = msgspec.convert(data, Order)
        except msgspec.ValidationError:
            return refusal(400, "malformed", "A field is missing, or not as it should be.")
        known = self.orders.get(order.order)
        if known is not None:  # whatever its idempotency key says: an order is carried out once
            same = (known.kind, known.account, known.amount) == (order.kind, order.account, order.amount)
            return (
                self._accepted(known) if same else refusal(409, "order_known", "There is another order of that name.")
            )
        done = Done(
            **msgspec.structs.asdict(order),
            reference=f"rl{secrets.token_hex(8)}",
            reason=self._obstacle(order),
            at=self.clock(),
        )
        return msgspec.structs.replace(self._accepted(done), facts=(msgspec.to_builtins(done),))

    def _accepted(self, done: Done) -> Reply:
        return Reply(202, {"order": done.order, "state": "accepted", "reference": done.reference})

    def _obstacle(self, order: Order) -> str | None:
        if order.account.endswith(CLOSED):
            return "账户已销户"
        known = self.accounts.get(order.account)
        if known is not None and known.name != order.name:
            return "户名不符"
        if order.kind == "pull" and order.amount > (OPENING_BALANCE if known is None else known.balance):
            return "余额不足"
        return None

    def _order(self, order: str) -> Reply:
        done = self.orders.get(order)
        return refusal(404, "unknown", "There is no such order.") if done is None else Reply(200, self._state(done))

    def _state(self, done: Done) -> dict[str, Any]:
        if self.clock() < done.at + OUTCOME_SECONDS:
            return {"order": done.order, "state": "accepted", "reference": done.reference, "reason": None}
        state = "succeeded" if done.succeeded else "failed"
        return {"order": done.order, "state": state, "reference": done.reference, "reason": done.reason}

    def _file(self, day: str) -> Reply:
        lines = [
            {
                "order": done.order,
                "kind": done.kind,
                "amount": done.amount,
                "succeeded": done.succeeded,
                "reference": done.reference,
            }
            for done in self.orders.values()
            if done.date.isoformat() == day
        ]
        return Reply(200, {"date": day, "lines": lines})

    def apply(self, fact: Fact) -> None:
        """An order was carried out, or somebody took its outcome."""
        if "told" in fact:
            self._unreported.pop(fact["told"], None)
            return
        done = msgspec.convert(fact, Done)
        self.orders[done.order] = done
        account = self.accounts.setdefault(done.account, Account(done.name))
        if done.succeeded:
            account.balance += -done.amount if done.kind == "pull" else done.amount
        if done.callback is not None:
            self._unreported[done.order] = (done.at + OUTCOME_SECONDS, REPORT_SECONDS)

    # -- reporting to the bank ----------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Begin to report outcomes."""
        self._task = asyncio.create_task(self._report_all())

    async def end(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await super().end()

    async def _report_all(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=REPORT_TIMEOUT_SECONDS) as client:
            while True:
                await asyncio.sleep(REPORT_SECONDS)
                due = [order for order, (at, _) in self._unreported.items() if at <= self.clock()]
                for order in reversed(due) if self.mischief.strikes("out_of_order") else due:
                    await self._report(client, self.orders[order])

    async def _report(self, client: httpx.AsyncClient, done: Done) -> None:
        final = self._state(done)
        accepted = {**final, "state": "accepted", "reason": None}
        outcomes = [final, accepted] if self.mischief.strikes("out_of_order") else [accepted, final]
        if self.mischief.strikes("duplicate"):
            outcomes *= 2
        taken = [await self._post(client, done.callback or "", outcome) for outcome in outcomes]
        if all(taken):
            self.keep(({"told": done.order},))
        else:
            _, pause = self._unreported[done.order]
            self._unreported[done.order] = (self.clock() + pause, min(2 * pause, PAUSE_SECONDS_MAX))

    async def _post(self, client: httpx.AsyncClient, url: str, outcome: dict[str, Any]) -> bool:
        body = msgspec.json.encode(outcome)
        headers = {"content-type": "application/json"}
        parts = urlsplit(url)
        asked = Asked("POST", parts.netloc, parts.path, parts.query, headers, body)
        signed = signed_request(self.signing_key(forged=self.mischief.strikes("forged")), asked, self.clock())
        with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
            return (await client.post(url, content=body, headers={**headers, **signed})).is_success
        return False

    # -- what a person may see ---------------------------------------------------------------------------------

    def open(self, asked: Asked) -> Reply | None:
        """``GET /accounts``: the accounts at other banks, and what came and went; or JSON by the accept header."""
        if (asked.method, asked.path) != ("GET", self.front):
            return None
        if not is_local(asked.authority):
            return refusal(403, "not_local", "Only this machine may ask that.")
        shown = {
            number: {
                "name": account.name,
                "balance": account.balance,
                "entries": [order for order in reversed(self.orders.values()) if order.account == number][
                    :ENTRIES_SHOWN
                ],
            }
            for number, account in self.accounts.items()
        }
        if "json" in asked.headers.get("accept", ""):
            return Reply(200, {"data": shown})
        return self.page("accounts.html", accounts=shown, yuan=_yuan)


def _yuan(fen: int) -> str:
    return f"¥{fen // 100:,}.{fen % 100:02d}"


WORLD = Rail
