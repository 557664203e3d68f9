"""What was done to a proof is found, each with its own code, by Canglian and by the independent script alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from canglian.bank.reward.draws import drawing
from canglian.bank.reward.draws.proof import Entropy, Proof, Winner, check, first_round, read_proof
from canglian.bank.reward.sandbox import drand
from canglian.kernel.errors import Malformed, Rejection
from tests.bank.reward.draws.lots import OTHER, SECOND, number_of, proof_of, ranked, run_script, script_on

ENTRIES = [number_of(entry) for entry in range(40)]


def chained(proof: Proof, entries: list[str]) -> Proof:
    """A proof with other entries, whose hash was computed again, as a forger would."""
    return replace(proof, entries=entries, entries_hash=drawing.chained(proof.rules["draw"], entries))


def swapped(proof: Proof) -> Proof:
    """The first and the last winner's prizes, swapped."""
    first, *middle, last = proof.winners
    return replace(proof, winners=(replace(first, prize=last.prize), *middle, replace(last, prize=first.prize)))


def turned(proof: Proof) -> Proof:
    """The same winners, in another order."""
    rows = list(proof.winners)
    rows[0], rows[1] = replace(rows[1], rank=1, prize=rows[0].prize), replace(rows[0], rank=2, prize=rows[1].prize)
    return replace(proof, winners=tuple(rows))


TAMPERED: dict[str, Callable[[Proof], Proof]] = {
    "rules": lambda proof: replace(proof, rules={**proof.rules, "alternates": 3}),
    "entries": lambda proof: replace(proof, entries=proof.entries[1:]),
    "seed": lambda proof: ranked(replace(proof, seed=OTHER)),
    "entropy": lambda proof: ranked(replace(proof, entropy=Entropy(OTHER))),
    "seed_withheld": lambda proof: ranked(replace(proof, seed=None)),
    "entropy_withheld": lambda proof: ranked(replace(proof, entropy=None)),
    "prizes": swapped,
    "order": turned,
    "winners": lambda proof: replace(proof, winners=(Winner(1, 40, ENTRIES[39], 1), *proof.winners[1:])),
    "prizes by their ranks": lambda proof: replace(
        proof, winners=(replace(proof.winners[0], rank=9), *proof.winners[1:])
    ),
    "worse": lambda proof: replace(proof, earlier=({**proof.rules, "alternates": 9, "version": 0},)),
    "worse than what is no rule": lambda proof: replace(proof, earlier=({"x": 1},)),
    "figure": lambda proof: ranked(replace(proof, figure="3386.10")),
    "format": lambda proof: replace(proof, format="canglian-draw/2"),
}


def code_of(proof: Proof) -> str:
    with pytest.raises(Rejection) as refused:
        check(proof)
    return refused.value.code


def test_a_right_proof_passes_with_the_same_winners_in_both(tmp_path: Path) -> None:
    proof = proof_of(ENTRIES)
    checked = check(proof)
    code, printed = script_on(tmp_path, proof)
    first, *rows = printed.splitlines()
    assert (code, first) == (0, f"OK {checked.draw} 40 entries {proof.entries_hash} rules {proof.rules_hash}")
    assert [row.split()[:3] for row in rows] == [[str(w.position), w.number, str(w.prize)] for w in checked.winners]
    assert [w.prize for w in checked.winners] == [1, 2, 2, 2, 0, 0]


@pytest.mark.parametrize("fault", TAMPERED)
def test_each_tampering_has_its_own_code_in_both(tmp_path: Path, fault: str) -> None:
    tampered = TAMPERED[fault](proof_of(ENTRIES))
    named = f"draw_proof.{fault.split()[0]}"
    assert code_of(tampered) == named
    code, printed = script_on(tmp_path, tampered)
    assert (code, printed) == (1, named)


@pytest.mark.parametrize(
    "entries",
    [ENTRIES[:-1], [*ENTRIES, number_of(99)], [*ENTRIES[1:], ENTRIES[0]], [number_of(99), *ENTRIES[1:]]],
    ids=["removed", "injected", "another order", "replaced"],
)
def test_other_entries_are_found_and_a_forger_has_another_hash(tmp_path: Path, entries: list[str]) -> None:
    proof = proof_of(ENTRIES)
    assert code_of(replace(proof, entries=entries)) == "draw_proof.entries"
    assert script_on(tmp_path, replace(proof, entries=entries)) == (1, "draw_proof.entries")
    forged = ranked(chained(proof, entries))
    assert check(forged).entries_hash != proof.entries_hash  # what was published at the freeze


def test_a_public_figure_stands_in_for_what_was_withheld_and_for_nothing_else(tmp_path: Path) -> None:
    proof = proof_of(ENTRIES)
    without = ranked(replace(proof, seed=None, figure="3386.10"))
    assert check(without).figure == "3386.10"
    assert script_on(tmp_path, without)[0] == 0
    assert [w.number for w in without.winners] != [w.number for w in proof.winners]
    assert code_of(ranked(replace(proof, figure="3386.10"))) == "draw_proof.figure"
    assert check(ranked(replace(proof, seed=None, entropy=None, figure="1"))).entries == 40


def test_a_round_of_the_beacon_decides_and_no_other(tmp_path: Path) -> None:
    beacon = {"chain": drand.CHAIN, "genesis": drand.GENESIS, "period": 3, "key": drand.PUBLIC_KEY}
    planned = first_round(drand.GENESIS, 3, 1_796_083_500)
    beat = drand.round_of(planned)
    proof = proof_of(ENTRIES, beacon=beacon, round=planned, second_hash=None)
    entropy = Entropy(beat["randomness"], beat["signature"], planned)
    proof = ranked(replace(proof, round=planned, entropy=entropy))
    assert check(proof).entries == 40
    assert script_on(tmp_path, proof)[0] == 0
    later = drand.round_of(planned + 1)
    chosen = Entropy(later["randomness"], later["signature"], planned + 1)
    assert code_of(ranked(replace(proof, entropy=chosen))) == "draw_proof.entropy"
    other_round = ranked(replace(proof, entropy=chosen, round=planned + 1))
    assert code_of(other_round) == "draw_proof.round"
    assert script_on(tmp_path, other_round)[1] == "draw_proof.round"
    made_up = replace(entropy, value=OTHER)
    assert code_of(ranked(replace(proof, entropy=made_up))) == "draw_proof.entropy"
    assert script_on(tmp_path, ranked(replace(proof, entropy=made_up)))[1] == "draw_proof.entropy"


def test_rules_that_became_worse_after_they_were_published_are_found(tmp_path: Path) -> None:
    proof = proof_of(ENTRIES)
    better = {**proof.rules, "alternates": 1, "version": 0}
    assert check(replace(proof, earlier=(better,))).entries == 40
    assert script_on(tmp_path, replace(proof, earlier=(better,)))[0] == 0
    worse = {**proof.rules, "alternates": 9, "version": 0}
    assert code_of(replace(proof, earlier=(worse,))) == "draw_proof.worse"


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"format": "canglian-draw/1"}', b"\xff", b"[" * 10_000], ids=lambda raw: str(raw[:12])
)
def test_what_is_no_proof_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        read_proof(raw)
    assert refused.value.code == "draw_proof.unreadable"
    assert run_script(tmp_path, raw) == (1, "draw_proof.unreadable")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"figure": ""}, "figure"),
        ({"rank": 1.0}, "unreadable"),
        ({"rank": "1"}, "unreadable"),
        ({"prize": True}, "unreadable"),
        ({"note": "x"}, "unreadable"),
    ],
    ids=lambda value: str(value),
)
def test_what_only_looks_like_the_same_is_refused_by_both(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    proof = msgspec.to_builtins(proof_of(ENTRIES))
    if "figure" in change:
        proof |= change
    else:
        proof["winners"] = [{**proof["winners"][0], **change}, *proof["winners"][1:]]
    raw = msgspec.json.encode(proof)
    with pytest.raises((Malformed, Rejection)) as refused:
        check(read_proof(raw))
    assert refused.value.code == f"draw_proof.{code}"
    assert run_script(tmp_path, raw) == (1, f"draw_proof.{code}")


@pytest.mark.parametrize("name", ["draw", "prizes", "alternates", "beacon", "seed_hash", "name"])
def test_rules_that_lack_something_are_refused(name: str) -> None:
    proof = proof_of(ENTRIES)
    rules = {key: value for key, value in proof.rules.items() if key != name}
    if name == "name":
        proof = ranked(replace(proof, rules_hash=drawing.hash_of(rules)))
    with pytest.raises(Malformed) as refused:
        check(replace(proof, rules=rules, rules_hash=drawing.hash_of(rules)))
    assert refused.value.code == "draw_proof.unreadable"


@given(st.integers(0, 12), st.integers(1, 4), st.integers(0, 4), st.integers(1, 3))
def test_fewer_entries_than_prizes_and_people_with_several_entries_are_ranked_alike(
    people: int, quantity: int, alternates: int, each: int
) -> None:
    entries = [number_of(person) for person in range(people) for _ in range(each)]
    prizes: list[dict[str, Any]] = [{"name": "奖", "kind": "goods", "value": 1, "quantity": quantity}]
    proof = proof_of(entries, prizes=prizes, alternates=alternates)
    numbers = [winner.number for winner in check(proof).winners]
    assert len(numbers) == len(set(numbers)) == min(people, quantity + alternates)
    assert SECOND not in numbers
