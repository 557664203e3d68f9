"""The proof of a draw: a file with all that decided it and nothing of who took part; checking it.

Every fault has a code of its own, so that whoever checks a file reads what was done to it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any

import msgspec

from canglian.bank.reward.draws import drawing
from canglian.bank.reward.draws.favour import worse
from canglian.kernel.errors import Malformed, Rejection
from canglian.kernel.fields import doc
from canglian.kernel.untrusted import read_json

Rules = Mapping[str, Any]


class Winner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who came at a rank. ``prize`` counts the prizes of the rules from 1; an alternate has none, which is 0."""

    rank: Annotated[int, doc("The rank, from 1.")]
    position: Annotated[int, doc("The place among the entries, from 1.")]
    number: Annotated[str, doc("The entry's number.")]
    prize: Annotated[int, doc("Which prize of the rules, from 1; 0 for an alternate.")]


class Entropy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What nobody knew at the freeze: a round of the beacon, or the second seed. ``value`` goes into the key."""

    value: Annotated[str, doc("The round's randomness, or the second seed, in hexadecimal digits.")]
    signature: Annotated[str | None, doc("The beacon's signature of the round, in hexadecimal digits.")] = None
    round: Annotated[int | None, doc("The round of the beacon.")] = None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides a draw. What is not known yet, or was withheld, is null."""

    format: Annotated[str, doc("`canglian-draw/1`.")]
    rules: Annotated[dict[str, Any], doc("The rules in force at the freeze.")]
    rules_hash: Annotated[str, doc("Their hash.")]
    earlier: Annotated[tuple[dict[str, Any], ...], doc("The rules as they were published before, the first first.")]
    frozen_at: Annotated[int, doc("When the entries were frozen, in seconds since 1970.")]
    round: Annotated[int | None, doc("The round of the beacon that decides, or null.")]
    entries_hash: Annotated[str, doc("The hash of all entries.")]
    seed: Annotated[str | None, doc("The bank's seed, in hexadecimal digits.")]
    entropy: Annotated[Entropy | None, doc("What nobody knew at the freeze.")]
    figure: Annotated[str | None, doc("The public figure that stands in for what was withheld.")]
    winners: Annotated[tuple[Winner, ...], doc("Who won, in the order of being drawn, and then the alternates.")]
    entries: Annotated[list[str], doc("The numbers of all entries, in the order of joining.")]


class Checked(msgspec.Struct, frozen=True):
    """What a proof shows once it was checked."""

    draw: str
    name: str
    entries: int
    rules_hash: str
    entries_hash: str
    winners: list[Winner]
    figure: str | None


def read_proof(raw: bytes) -> Proof:
    """A proof as it was written. Malformed ``draw_proof.unreadable``."""
    try:
        return read_json(raw, Proof)
    except msgspec.DecodeError as error:
        raise Malformed("draw_proof.unreadable", problem=str(error).rstrip(".")) from None


def check(proof: Proof) -> Checked:
    """Compute a draw again and compare. Rejects ``draw_proof.*``, the first fault that is found."""
    try:
        _check_published(proof)
        _check_frozen(proof)
        _check_secrets(proof)
        _check_winners(proof)
        return Checked(
            proof.rules["draw"],
            proof.rules["name"],
            len(proof.entries),
            proof.rules_hash,
            proof.entries_hash,
            list(proof.winners),
            proof.figure,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("draw_proof.unreadable", problem=f"{type(error).__name__} {error}".rstrip(".")) from None


def _refuse(fault: str, **fields: Any) -> None:
    raise Rejection(f"draw_proof.{fault}", **fields)


def _check_published(proof: Proof) -> None:
    if proof.format != drawing.FORMAT:
        _refuse("format", format=proof.format[:40])
    if drawing.hash_of(proof.rules) != proof.rules_hash:
        _refuse("rules")
    for before, after in pairwise((*proof.earlier, proof.rules)):
        found = worse(before, after)
        if found is not None:
            _refuse("worse", what=found)


def _check_frozen(proof: Proof) -> None:
    if drawing.chained(proof.rules["draw"], proof.entries) != proof.entries_hash:
        _refuse("entries")
    beacon = proof.rules["beacon"]
    if beacon is not None and proof.round != round_after(beacon, proof.rules["round"], proof.frozen_at):
        _refuse("round")


MARGIN_SECONDS = 60
"""How long after the freeze the round of a beacon comes at least."""


def round_after(beacon: Rules, planned: int, frozen_at: int) -> int:
    """The round that decides: the one that was published, or the first one a minute after a freeze that came late."""
    return max(planned, first_round(beacon["genesis"], beacon["period"], frozen_at + MARGIN_SECONDS))


def first_round(genesis: int, period: int, at: int) -> int:
    """The first round at an instant or after it; round 1 is at the genesis."""
    return max(1, -(-(at - genesis) // period) + 1)


def _check_secrets(proof: Proof) -> None:
    rules, entropy = proof.rules, proof.entropy
    if proof.seed is not None and not drawing.opens(proof.seed, rules["seed_hash"]):
        _refuse("seed")
    if entropy is not None and rules["beacon"] is not None:
        if entropy.round != proof.round or not is_of_signature(entropy.value, entropy.signature or ""):
            _refuse("entropy")
    elif entropy is not None and not drawing.opens(entropy.value, rules["second_hash"]):
        _refuse("entropy")
    if proof.figure is None:
        if proof.seed is None:
            _refuse("seed_withheld")
        if entropy is None:
            _refuse("entropy_withheld")
    elif proof.seed is not None and entropy is not None:
        _refuse("figure")


def is_of_signature(randomness: str, signature: str) -> bool:
    """Whether the randomness of a round is the hash of its signature, as drand makes it."""
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest() == randomness


def ranking_of(proof: Proof) -> list[Winner]:
    """Who wins, computed from everything else."""
    entries, entropy = proof.entries, None if proof.entropy is None else proof.entropy.value
    key = drawing.key_of(proof.rules_hash, proof.entries_hash, len(entries), proof.seed, entropy, proof.figure)
    drawn = drawing.positions(key, len(entries))
    ranking = drawing.ranked(drawn, entries.__getitem__, drawing.wanted(proof.rules))
    return [
        Winner(rank, position + 1, entries[position], drawing.prize_of(proof.rules, rank))
        for rank, position in enumerate(ranking, 1)
    ]


def _check_winners(proof: Proof) -> None:
    right = ranking_of(proof)
    if list(proof.winners) == right:
        return
    if _places(proof.winners) == _places(right):
        _refuse("prizes")
    if sorted(_places(proof.winners)) == sorted(_places(right)):
        _refuse("order")
    _refuse("winners")


def _places(winners: Sequence[Winner]) -> list[tuple[int, str]]:
    return [(winner.position, winner.number) for winner in winners]
