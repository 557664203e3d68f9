"""A world that collects money from payers of other banks, by card or by a code that their apps scan.

Each payer has a card of their own bank and pays a moment after they were asked. What can be tried, by the last digits
of the amount in fen:

    …13    the payer's bank refuses it: there is too little
    …44    the payer never pays; the order waits until it is cancelled or expires
    …71    the payer pays, and the channel pays out one yuan too little

The channel takes a fee of 0.25 % from what it collects, gives it back in its part with refunds, and pays out the rest,
as the file of the day says. It knows an order by the bank's number: the same number again is the same order. Outcomes
can be enquired, are reported to the address that the order names until somebody takes them, and stand in the file of
the day (see ``docs/reference/outside.md``).
"""

import csv
import io
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from canglian.kernel.values import Amount
from canglian.web.sandbox.journal import Journal
from canglian.web.sandbox.reporting import OUTCOME_SECONDS, Outcome, ReportingWorld
from canglian.web.sandbox.world import Fact, Reply, is_local, refusal
from canglian.web.signing import Asked

FEE_BPS = 25
SHORT = 100
SHOWN_MAX = 50
BEIJING = timezone(timedelta(hours=8))
FIRST = ("pay", "authorise")
"""What asks a payer for money."""
COLUMNS = ("number", "original", "kind", "method", "amount", "fee", "date", "at", "reference")
"""Those of the daily file."""

_FEE_SIGNS = {"pay": 1, "capture": 1, "refund": -1}

Number = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}\Z")]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for. ``original`` is the number of what a capture takes, a release lets go and a refund gives back.

    A refund of what was captured names the authorisation.
    """

    number: Number
    kind: Literal["pay", "authorise", "capture", "release", "refund"]
    method: Literal["card", "qr"]
    amount: Amount
    date: date
    original: Number | None = None
    subject: Annotated[str, Meta(max_length=200)] = ""
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    callback: Annotated[str, Meta(max_length=500)] | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was taken, and its fate: ``reason`` refuses it, ``waits`` for a payer who never comes."""

    number: str
    kind: str
    method: str
    amount: int
    date: date
    original: str | None
    subject: str
    expires_at: datetime | None
    callback: str | None
    reference: str
    reason: str | None
    waits: bool
    fee: int
    at: float
    cancelled_at: float | None = None


class Channel(ReportingWorld):
    """The channel."""

    name: ClassVar[str] = "channel"
    title: ClassVar[str] = "银行卡与扫码通道 · Card and QR channel"
    front: ClassVar[str] = "/payments"
    front_title: ClassVar[str] = "通道收付 · Payments by the channel"

    def __init__(self, *given: Any, **more: Any) -> None:
        self.orders: dict[str, Done] = {}
        super().__init__(*given, **more)

    # -- requests of the bank ----------------------------------------------------------------------------------

    def do(self, asked: Asked, data: Any) -> Reply:
        """``POST /orders``, ``GET /orders/{number}``, ``POST /orders/{number}/cancel``, ``GET /files/{date}``."""
        if (asked.method, asked.path) == ("POST", "/orders"):
            return self._take_order(data)
        if asked.method == "POST" and asked.path.startswith("/orders/") and asked.path.endswith("/cancel"):
            return self._cancel(asked.path.removeprefix("/orders/").removesuffix("/cancel"))
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
        known = self.orders.get(order.number)
        if known is not None:  # an order is carried out once
            same = (known.kind, known.original, known.amount) == (order.kind, order.original, order.amount)
            return (
                Reply(202, self._state(known))
                if same
                else refusal(409, "number_known", "There is another order of that number.")
            )
        reason = self._obstacle(order)
        done = Done(
            **msgspec.structs.asdict(order),
            reference=f"ch{secrets.token_hex(8)}",
            reason=reason,
            waits=order.kind in FIRST and order.amount % 100 == 44,
            fee=0 if reason else self._fee(order),
            at=self.clock(),
        )
        return Reply(202, self._accepted(done), facts=(msgspec.to_builtins(done),))

    def _obstacle(self, order: Order) -> str | None:
        if order.kind in FIRST:
            return "付款方余额不足" if order.amount % 100 == 13 else None
        original = self.orders.get(order.original or "")
        wanted = ("pay", "capture", "authorise") if order.kind == "refund" else ("authorise",)
        if original is None or original.kind not in wanted or self._state(original)["state"] != "succeeded":
            return "原交易不存在或未成功"
        left = self._collected(original) - self._taken(original, "refund")
        if order.kind != "refund":
            left = original.amount - self._taken(original, "capture") - self._taken(original, "release")
        return "超过原交易金额" if order.amount > left else None

    def _collected(self, original: Done) -> int:
        """What an order brought in: of an authorisation, what was captured."""
        return self._taken(original, "capture") if original.kind == "authorise" else original.amount

    def _taken(self, original: Done, kind: str) -> int:
        """How much of an order was captured, let go, or refunded, so far."""
        return sum(
            each.amount
            for each in self.orders.values()
            if each.original == original.number and each.kind == kind and each.reason is None
        )

    def _fee(self, order: Order) -> int:
        """The fee of what is collected; what a refund leaves has the fee of what is left."""
        if order.kind in ("pay", "capture"):
            return _fee_of(order.amount)
        if order.kind == "refund" and order.original in self.orders:
            original = self.orders[order.original]
            left = self._collected(original) - self._taken(original, "refund")
            return _fee_of(left - order.amount) - _fee_of(left)
        return 0

    def _cancel(self, number: str) -> Reply:
        """Close what nobody has paid yet, or let go of what was authorised; the order as it is then."""
        done = self.orders.get(number)
        if done is None:
            return Reply(200, {"number": number, "state": "unknown"})
        pending = self._state(done)["state"] == "accepted"
        held = done.kind == "authorise" and done.reason is None and not self._taken(done, "capture")
        if done.cancelled_at is None and (pending or held):
            self.keep(({"cancelled": number, "at": self.clock()},))
        return Reply(200, self._state(self.orders[number]))

    def _order(self, number: str) -> Reply:
        done = self.orders.get(number)
        return Reply(200, {"number": number, "state": "unknown"} if done is None else self._state(done))

    def _accepted(self, done: Done) -> dict[str, Any]:
        code = f"https://channel.example/p/{done.reference}" if done.kind in FIRST else None
        return {
            "number": done.number,
            "state": "accepted",
            "amount": done.amount,
            "reference": done.reference,
            "fee": None,
            "code": code,
            "reason": None,
        }

    def _state(self, done: Done) -> dict[str, Any]:
        accepted = self._accepted(done)
        if done.cancelled_at is not None:
            return {**accepted, "state": "refused", "reason": "已撤销"}
        if done.waits:
            if done.expires_at is None or self.clock() < done.expires_at.timestamp():
                return accepted
            return {**accepted, "state": "refused", "reason": "超时未支付"}
        if self.clock() < done.at + OUTCOME_SECONDS:
            return accepted
        if done.reason is not None:
            return {**accepted, "state": "refused", "reason": done.reason}
        return {**accepted, "state": "succeeded", "fee": done.fee}

    def _file(self, day: str) -> Reply:
        text = io.StringIO()
        lines = csv.writer(text)
        lines.writerow(COLUMNS)
        moved = [done for done in self.orders.values() if done.date.isoformat() == day and self._moved(done)]
        for done in moved:
            lines.writerow(_line(done))
        amount, fee = sum(map(_signed, moved)), sum(done.fee for done in moved)
        paid_out = amount - fee - SHORT * sum(map(_is_short, moved))
        if paid_out:
            lines.writerow(payout_line(day, paid_out))
        lines.writerow(("total", "", "", "", amount, fee, day, "", len(moved)))
        return Reply(200, text.getvalue(), media_type="text/csv; charset=utf-8")

    def _moved(self, done: Done) -> bool:
        return done.kind not in ("authorise", "release") and self._state(done)["state"] == "succeeded"

    def apply(self, fact: Fact) -> None:
        """An order was taken or cancelled, or somebody took its outcome."""
        if "told" in fact:
            super().apply(fact)
        elif "cancelled" in fact:
            number = fact["cancelled"]
            self.orders[number] = msgspec.structs.replace(self.orders[number], cancelled_at=fact["at"])
        else:
            done = msgspec.convert(fact, Done)
            self.orders[done.number] = done
            if done.callback is not None:
                self.report_from(done.number, done.at)

    def outcome(self, number: str) -> Outcome:
        """That it was accepted, and how it stands."""
        done = self.orders[number]
        return Outcome(done.callback or "", self._accepted(done), self._state(done))

    # -- what a person may see ---------------------------------------------------------------------------------

    def open(self, asked: Asked) -> Reply | None:
        """``GET /payments``: what was collected and given back, the newest first; or JSON by the accept header."""
        if (asked.method, asked.path) != ("GET", self.front):
            return None
        if not is_local(asked.authority):
            return refusal(403, "not_local", "Only this machine may ask that.")
        newest = list(reversed(self.orders.values()))[:SHOWN_MAX]
        shown = [{**msgspec.to_builtins(done), **self._state(done)} for done in newest]
        if "json" in asked.headers.get("accept", ""):
            return Reply(200, {"data": shown})
        return self.page("payments.html", orders=shown, yuan=_yuan)


def remember(folder: Path, orders: Iterable[tuple[Order, datetime]]) -> None:
    """Let the channel know, when it starts, of orders that it carried out before, and when."""
    journal = Journal(folder / f"{Channel.name}.jsonl")
    journal.add_all({"facts": [msgspec.to_builtins(_done(order, at))]} for order, at in orders)
    journal.close()


def _done(order: Order, at: datetime) -> Done:
    return Done(
        **msgspec.structs.asdict(order),
        reference=f"ch{order.number[-8:]}",
        reason=None,
        waits=False,
        fee=fee_of(order.kind, order.amount),
        at=at.timestamp(),
    )


def fee_of(kind: str, amount: int) -> int:
    """The fee of an order on its own, negative for one that gives back."""
    return _fee_of(amount) * _FEE_SIGNS.get(kind, 0)


def payout_line(day: str, amount: int) -> tuple[Any, ...]:
    """The line of the file that says what the channel pays out for a day; negative where it takes back."""
    number = f"payout-{day}"
    return number, "", "payout", "", amount, 0, day, f"{day}T23:59:59+08:00", number


def _fee_of(amount: int) -> int:
    """0.25 %, rounded half up."""
    return (2 * amount * FEE_BPS + 10_000) // 20_000


def _is_short(done: Done) -> bool:
    return done.kind == "pay" and done.amount % 100 == 71


def _signed(done: Done) -> int:
    return -done.amount if done.kind == "refund" else done.amount


def _line(done: Done) -> tuple[Any, ...]:
    at = datetime.fromtimestamp(done.at + OUTCOME_SECONDS, BEIJING).isoformat(timespec="seconds")
    facts = (_signed(done), done.fee, done.date.isoformat(), at, done.reference)
    return done.number, done.original or "", done.kind, done.method, *facts


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


WORLD = Channel
