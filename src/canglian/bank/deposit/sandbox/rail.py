"""A world that moves money to and from accounts at other banks, reports outcomes, and writes a daily file.

An account springs up with ¥10,000 in the name that is first heard of it. What can be tried:

    the account ends in 0000         it is closed: nothing goes there and nothing comes from it
    more than there is               a pull fails
    another name than the first      the order fails

An order is carried out when it is taken. A moment later its outcome can be queried, and is reported to the address that
the order names, until somebody takes it.
"""

import secrets
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from canglian.kernel.values import Amount
from canglian.web.sandbox.reporting import OUTCOME_SECONDS, Outcome, ReportingWorld
from canglian.web.sandbox.world import Fact, Reply, is_local, refusal
from canglian.web.signing import Asked

OPENING_BALANCE = 1_000_000
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


class Rail(ReportingWorld):
    """The rail."""

    name: ClassVar[str] = "rail"
    title: ClassVar[str] = "他行账户通道 · Rail to other banks"
    front: ClassVar[str] = "/accounts"
    front_title: ClassVar[str] = "他行账户 · Accounts at other banks"

    def __init__(self, *given: Any, **more: Any) -> None:
        self.accounts: dict[str, Account] = {}
        self.orders: dict[str, Done] = {}
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
            super().apply(fact)
            return
        done = msgspec.convert(fact, Done)
        self.orders[done.order] = done
        account = self.accounts.setdefault(done.account, Account(done.name))
        if done.succeeded:
            account.balance += -done.amount if done.kind == "pull" else done.amount
        if done.callback is not None:
            self.report_from(done.order, done.at)

    def outcome(self, number: str) -> Outcome:
        """That it was accepted, and how it stands."""
        done = self.orders[number]
        state = self._state(done)
        return Outcome(done.callback or "", {**state, "state": "accepted", "reason": None}, state)

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
