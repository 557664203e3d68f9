"""What a draw computes, as pure functions of bytes: ``docs/reference/draws.md`` specifies it for whoever redoes it.

Everything is SHA-256. Rules are hashed as canonical JSON. Entries are a chain of hashes in the order of joining, so
that the hash of all of them grows with each and is there at every commit. The key of a draw is a hash of what was
published, what was frozen, and what nobody knew then; numbers come from HMAC under that key in counter mode, without
bias, and draw places without putting any back (Fisher and Yates). A number that has been drawn already is passed over:
a person wins once, however often they are in.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

FORMAT: Final = "canglian-draw/1"
ENTRIES_FORMAT: Final = "canglian-draw-entries/1"
NOTHING: Final = "-"
"""What stands in the key where there is no seed, no entropy or no figure."""

SECRET = re.compile(r"[0-9a-f]{64}")
"""A seed as it is shown and goes into the key."""

_RANGE = 2**256


def canonical(value: Any) -> bytes:
    """A value as JSON in its one form: keys in order, no spaces, UTF-8 as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def commitment(secret: str) -> str:
    """The hash by which somebody is bound to a secret of hexadecimal digits without showing it: of its bytes."""
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def opens(secret: str, committed: str) -> bool:
    """Whether a secret is the one that somebody was bound to, written in its one form: 64 small hexadecimal digits."""
    return SECRET.fullmatch(secret) is not None and commitment(secret) == committed


def first_link(draw: str) -> str:
    """The hash of no entries yet."""
    return hashlib.sha256(f"{ENTRIES_FORMAT}\n{draw}".encode()).hexdigest()


def next_link(link: str, number: str) -> str:
    """The hash of the entries so far and one more."""
    return hashlib.sha256(bytes.fromhex(link) + number.encode()).hexdigest()


def chained(draw: str, numbers: Iterable[str]) -> str:
    """The hash of all entries in the order of joining."""
    sha, link = hashlib.sha256, bytes.fromhex(first_link(draw))
    for number in numbers:
        link = sha(link + number.encode()).digest()
    return link.hex()


def key_of(
    rules_hash: str, entries_hash: str, entries: int, seed: str | None, entropy: str | None, figure: str | None
) -> bytes:
    """The key of a draw: what was published, what was frozen, and what nobody knew at the freeze."""
    parts = (FORMAT, rules_hash, entries_hash, str(entries), seed, entropy, figure)
    return hashlib.sha256("\n".join([part or NOTHING for part in parts]).encode()).digest()


def blocks(key: bytes) -> Iterator[int]:
    """Numbers below 2^256: HMAC-SHA-256 of a counter of eight bytes, from 0."""
    counter = 0
    while True:
        yield int.from_bytes(hmac.digest(key, counter.to_bytes(8), "sha256"))
        counter += 1


def below(most: int, stream: Iterator[int], size: int = _RANGE) -> int:
    """A number from 0 on and below ``most``, each as likely: numbers of a last part that is not whole are passed over.

    The numbers of the stream are below ``size``.
    """
    whole = size - size % most
    return next(number for number in stream if number < whole) % most


def positions(key: bytes, entries: int) -> Iterator[int]:
    """The places of all entries, from 0, in the order in which they are drawn; none comes twice."""
    stream, moved = blocks(key), dict[int, int]()
    for turn in range(entries):
        at = turn + below(entries - turn, stream)
        yield moved.get(at, at)
        moved[at] = moved.get(turn, turn)
        moved.pop(turn, None)


def ranked(drawn: Iterable[int], number_at: Callable[[int], str], wanted: int) -> list[int]:
    """The places that win, in their order: of each number the first that is drawn, until enough have won."""
    seen: set[str] = set()
    ranking: list[int] = []
    for position in drawn:
        if len(ranking) >= wanted:
            break
        number = number_at(position)
        if number not in seen:
            seen.add(number)
            ranking.append(position)
    return ranking


def wanted(rules: Mapping[str, Any]) -> int:
    """How many are ranked: as many as there are prizes, and the alternates."""
    return sum(prize["quantity"] for prize in rules["prizes"]) + rules["alternates"]


def prize_of(rules: Mapping[str, Any], rank: int) -> int:
    """Which prize a rank from 1 gets, from 1; 0 for an alternate."""
    for place, prize in enumerate(rules["prizes"], 1):
        rank -= prize["quantity"]
        if rank <= 0:
            return place
    return 0
