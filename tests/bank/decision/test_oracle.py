"""Random tables decide as zen-engine does.

Numbers are compared as numbers: ours are whole numbers and decimals as text, the oracle's are floats.
"""

import json
import random
from typing import Any

import pytest
import zen

from tests.bank.decision.documents import Row, decimal, model, ready, table, text, whole, yes

INPUTS = [whole("a", -20, 20), decimal("s"), text("j", "x", "y", "z"), yes("b")]
NAMES = ["a", "s", "j", "b"]
RESULTS = (
    "a*2 - 1",
    "s + a",
    "abs(a) + 0.5",
    "a > 0 ? s : 3",
    "round(s * a, 1)",
    "min([a, s, 1])",
    "a % 7",
    "floor(s)",
)


def cell(chance: random.Random, number: Any) -> str:
    one, other = sorted((number(), number()), key=float)
    shapes = ("", f"> {one}", f"<= {one}", f"[{one}..{other}]", f"({one}..{other}]", f"{one}, {other}")
    more = (f"not in [{one}, {other}]", f"> {one} and < {other}", f"!= {one}", f"< {one} or >= {other}")
    return chance.choice((*shapes, *more))


def rows(chance: random.Random) -> list[Row]:
    made: list[Row] = []
    for number in range(chance.randint(1, 12)):
        cells = [
            cell(chance, lambda: str(chance.randint(-20, 20))),
            cell(chance, lambda: f"{chance.uniform(-2, 2):.{chance.choice((1, 2, 3))}f}"),
            chance.choice(("", "'x'", "'x', 'y'", "not in ['z']", "!= 'y'")),
            chance.choice(("", "true", "false")),
        ]
        made.append((cells, [str(number), chance.choice(RESULTS)]))
    return [*made, (["", "", "", ""], ["99", "0"])]


@pytest.mark.parametrize("seed", range(40))
def test_random_tables_decide_as_the_oracle_does(seed: int) -> None:
    chance = random.Random(seed)
    whole_table = rows(chance)
    made = ready(INPUTS, model(table(NAMES, ["n", "v"], *whole_table)))
    unreachable = {finding.row for finding in made.compiled.errors}
    assert {finding.code for finding in made.compiled.errors} <= {"rule_lint.unreachable"}
    kept = [row for number, row in enumerate(whole_table, 1) if number not in unreachable]
    made = ready(INPUTS, model(table(NAMES, ["n", "v"], *kept)))
    assert not made.compiled.errors
    oracle = zen.ZenEngine().create_decision(model(table(NAMES, ["n", "v"], *whole_table)))
    for _ in range(60):
        score = f"{chance.randint(-200, 200) / 100:.2f}"
        case = {"a": chance.randint(-20, 20), "s": score, "j": chance.choice("xyz"), "b": chance.random() < 0.5}
        ours = made.decide("rules", 1, case).outputs
        theirs = oracle.evaluate({**case, "s": float(score)})["result"]
        assert float(str(ours["n"])) == theirs["n"], (case, json.dumps(kept))
        assert float(str(ours["v"])) == pytest.approx(theirs["v"], abs=1e-9), (case, json.dumps(kept))
