"""What is asked of the server, and what it answered: single transfers, bulks and groups, holds and captures."""

import enum
import random
from collections.abc import Iterator
from typing import Any

import msgspec

from canglian.app.bench.serving import Prepared
from canglian.ledger.bench.load import Numbered, request

CODE = "bench.crash"
LINES = (2, 5)
"""Lines of a bulk or a group."""
HEAVY_LINES = (1000, 1500)
HEAVY_SHARE = 1 / 25
"""How many bulks and groups are heavy: a batch with one of them is written by other statements than a small one."""
AMOUNT_MAX = 999

_encode = msgspec.json.Encoder().encode


class Kind(enum.StrEnum):
    """What a request does."""

    SINGLE = "single"
    BULK = "bulk"
    GROUP = "group"
    HOLD = "hold"
    CAPTURE = "capture"


_SHARES = {Kind.SINGLE: 80, Kind.BULK: 6, Kind.GROUP: 6, Kind.HOLD: 4, Kind.CAPTURE: 4}


class Move(msgspec.Struct, frozen=True, gc=False):
    """One movement, or one reservation, of an amount."""

    debit: int
    credit: int
    amount: int


class Asked(msgspec.Struct, frozen=True):
    """One request. Its key is also the reference of all that it leaves behind, so every row names its request."""

    key: str
    kind: Kind
    moves: tuple[Move, ...]
    hold: int | None = None

    def sent(self) -> tuple[str, bytes]:
        """The path and the body."""
        lines = [self._line(move) for move in self.moves]
        match self.kind:
            case Kind.SINGLE:
                return "/v1/transfers", _encode(lines[0])
            case Kind.BULK | Kind.GROUP:
                return "/v1/transfers/bulk", _encode({"lines": lines, "atomic": self.kind is Kind.GROUP})
            case Kind.HOLD:
                return "/v1/holds", _encode(lines[0])
            case Kind.CAPTURE:
                body = {"amount": self.moves[0].amount, "reference": self.key}
                return f"/v1/holds/{self.hold}/capture", _encode(body)

    def _line(self, move: Move) -> dict[str, Any]:
        return {**msgspec.structs.asdict(move), "code": CODE, "reference": self.key}


class Acknowledgement(msgspec.Struct, frozen=True):
    """What an acknowledgement says: the number of the transfer or hold, or those of a bulk's lines."""

    id: int = 0
    debit: int = 0
    credit: int = 0
    amount: int = 0
    transfers: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all that was made."""
        return self.transfers or (self.id,)

    def suits(self, asked: Asked) -> bool:
        """Whether it acknowledges what was asked for."""
        if asked.kind in (Kind.BULK, Kind.GROUP):
            return len(self.transfers) == len(asked.moves) and all(self.transfers)
        return Move(self.debit, self.credit, self.amount) == asked.moves[0]


read_acknowledgement = msgspec.json.Decoder(Acknowledgement).decode


class Requests:
    """Makes requests without end, and keeps each of them with its acknowledgement."""

    def __init__(self, prepared: Prepared, chance: random.Random) -> None:
        self.asked: list[Asked] = []
        self.acknowledgements: dict[str, Acknowledgement] = {}
        self.statuses: dict[int, int] = {}
        self._token = prepared.token
        self._accounts = prepared.numbers
        self._chance = chance
        self._holds: list[Acknowledgement] = []

    def __iter__(self) -> Iterator[Numbered]:
        """Requests as the load sends them."""
        while True:
            asked = self.new()
            path, body = asked.sent()
            yield len(self.asked) - 1, request(path, asked.key, body, self._token)

    @property
    def headers(self) -> dict[str, str]:
        """The authentication of a request, for other clients."""
        return {"authorization": f"Bearer {self._token}"}

    def answered(self, number: int, status: int, body: bytes) -> None:
        """Note what the load was answered; the status is 0 where the connection broke."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 201:
            self.acknowledged(self.asked[number], read_acknowledgement(body))

    def acknowledged(self, asked: Asked, acknowledgement: Acknowledgement) -> None:
        """Note an acknowledgement; the first one is kept."""
        if asked.key not in self.acknowledgements:
            self.acknowledgements[asked.key] = acknowledgement
            if asked.kind is Kind.HOLD:
                self._holds.append(acknowledgement)

    def new(self, kind: Kind | None = None) -> Asked:
        """A request that was never made before."""
        kind = kind or self._chance.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
        key = f"crash-{len(self.asked)}"
        if kind is Kind.CAPTURE and not self._holds:
            kind = Kind.HOLD
        if kind is Kind.CAPTURE:
            held = self._holds.pop(self._chance.randrange(len(self._holds)))
            move = Move(held.debit, held.credit, self._chance.randint(1, held.amount))
            asked = Asked(key, kind, (move,), held.id)
        else:
            asked = Asked(key, kind, tuple(self._move() for _ in range(self._lines(kind))))
        self.asked.append(asked)
        return asked

    def _lines(self, kind: Kind) -> int:
        if kind not in (Kind.BULK, Kind.GROUP):
            return 1
        return self._chance.randint(*(HEAVY_LINES if self._chance.random() < HEAVY_SHARE else LINES))

    def _move(self) -> Move:
        debit, credit = self._chance.sample(self._accounts, 2)
        return Move(debit, credit, self._chance.randint(1, AMOUNT_MAX))
