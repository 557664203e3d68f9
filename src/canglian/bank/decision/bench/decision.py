"""``canglian bench decision``: a table of 50 rows, compiled to Python, against zen-engine's synchronous call.

The table has four columns (two whole numbers, a text, a decimal with two places), 49 rows with intervals, lists and
comparisons, one row for all else, and gives a verdict, a whole number and a decimal. Both sides are given the same
random cases, each one call a case, from a dict to a dict, in alternating rounds; ours reads and checks its inputs and
makes its outcome with hash and rows in that time.

*Equality*: a number of either side is compared as an exact decimal, the oracle's floats by their shortest text, and
ours, which are whole numbers and decimals as text, by their value; texts as they are. A missing input is no part of it:
the oracle decides then by whatever row does not ask for it, or answers {}, where rules here leave the case to a person;
that is counted apart.
"""

import json
import random
import time
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.decision.engine.inputs import InputField
from canglian.bank.decision.engine.rules import Ready, Rules
from canglian.bank.decision.language.typing import Kind
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Bar, Report, median, spread

ROWS = 50
MISSING = 1_000
"""How many cases lack an input."""


class Size(msgspec.Struct, frozen=True):
    """How many cases are decided, by how many of them the oracle is timed in a round, and how many rounds."""

    cases: int
    timed: int
    rounds: int = 5


FULL = Size(100_000, 4_000)
QUICK = Size(20_000, 1_000, rounds=3)
TINY = Size(500, 100, rounds=1)

INPUTS = (
    InputField(name="age", kind=Kind.INTEGER, label="age", low="0", high="120"),
    InputField(name="amount", kind=Kind.INTEGER, label="amount", low="0", high="100000000"),
    InputField(name="trade", kind=Kind.TEXT, label="trade", values=("farming", "shop", "solar", "other")),
    InputField(name="score", kind=Kind.DECIMAL, label="score", low="0", high="100", places=2),
)


def document() -> str:
    """The table as JDM."""
    chance = random.Random("table")  # noqa: S311 - the same table every time
    columns, outputs = [field.name for field in INPUTS], ("verdict", "limit", "rate")
    rules = [
        {
            "_id": f"r{number}",
            "_description": f"row {number}",
            **dict(zip(columns, _cells(chance, number), strict=True)),
            "verdict": f'"{chance.choice(("approve", "refuse", "person"))}"',
            "limit": str(chance.randint(0, 1_000_000)),
            "rate": f"{chance.randint(1, 2_400) / 100:.2f}",
        }
        for number in range(ROWS - 1)
    ]
    rules.append({"_id": "else", "_description": "else", "verdict": '"person"', "limit": "0", "rate": "0.5"})
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in columns],
        "outputs": [{"id": name, "name": name, "field": name} for name in outputs],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def _cells(chance: random.Random, number: int) -> tuple[str, str, str, str]:
    """A row of its own band of amounts, so that none hides another, and asks more of the other columns."""
    low = number * 2_000_000
    age = chance.choice((f"[{chance.randint(18, 40)}..{chance.randint(41, 80)}]", f">= {chance.randint(10, 60)}"))
    trade = chance.choice(('"farming", "solar"', 'not in ["other"]', '"shop", "other", "farming"', ""))
    score = chance.choice((f"> {chance.randint(10, 80)}.5", f"<= {chance.randint(20, 90)}.25", "[5.05..95.75)"))
    return age, f"[{low}..{low + 1_999_999}]", trade, score


def cases(count: int) -> list[dict[str, Any]]:
    """Random cases, each as our side is given it."""
    chance = random.Random("cases")  # noqa: S311 - the same cases every time
    return [
        {
            "age": chance.randint(0, 120),
            "amount": chance.randint(0, 100_000_000),
            "trade": chance.choice(INPUTS[2].values),
            "score": f"{chance.randint(0, 10_000) / 100:.2f}",
        }
        for _ in range(count)
    ]


def run(folder: Path, size: Size) -> Report:
    """Measure; nothing is kept, so the folder stays empty."""
    del folder
    text = document()
    ready = Ready(Rules(INPUTS, text))
    oracle = _zen().ZenEngine().create_decision(text)
    given = cases(size.cases)
    theirs = [{**case, "score": json.loads(case["score"])} for case in given]
    ours_rates, their_rates, ratios = list[float](), list[float](), list[float]()
    with bars() as progress:
        task = progress.add_task("deciding", total=size.rounds + 1)
        for _ in range(size.rounds):
            their_rates.append(_rate(oracle.evaluate, theirs[: size.timed]))
            ours_rates.append(_rate(lambda case: ready.decide("bench", 1, case), given))
            ratios.append(ours_rates[-1] / their_rates[-1])
            progress.advance(task)
        unlike = sum(
            not _alike(ready.decide("bench", 1, case).outputs, oracle.evaluate(same)["result"])
            for case, same in zip(given, theirs, strict=True)
        )
        progress.advance(task)
    to_people = decided = 0
    for place, case in enumerate(given[:MISSING]):
        name = INPUTS[place % len(INPUTS)].name
        less = {key: value for key, value in case.items() if key != name}
        to_people += ready.decide("bench", 1, less).why_person == "rule_input.missing"
        decided += _answers(oracle, {key: value for key, value in theirs[place].items() if key != name})
    lacking = min(MISSING, size.cases)
    return Report(
        "decision",
        {
            "rows": ROWS,
            "decisions_per_second": round(median(ours_rates)),
            "spread": spread(ours_rates),
            "zen_per_second": round(median(their_rates)),
            "zen_spread": spread(their_rates),
            "cases": size.cases,
            "rows_hit": len({hit.id for case in given for hit in ready.decide("bench", 1, case).rows}),
            "lacking_an_input": lacking,
            "lacking_one_zen_decides": decided,
        },
        [
            Bar("decisions a second", median(ours_rates), 100_000),
            Bar("times zen-engine's synchronous call", median(ratios), 10),
            Bar("cases decided otherwise than by zen-engine", unlike, 0, at_most=True),
            Bar("cases without an input that no person gets", lacking - to_people, 0, at_most=True),
        ],
    )


def _rate(decide: Callable[[Any], Any], given: list[dict[str, Any]]) -> float:
    begun = time.perf_counter()
    for case in given:
        decide(case)
    return len(given) / (time.perf_counter() - begun)


def _alike(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return ours.keys() == theirs.keys() and all(_same(ours[name], theirs[name]) for name in ours)


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, int | float) and not isinstance(theirs, bool):
        return Decimal(ours) == Decimal(repr(theirs))
    return ours == theirs


def _answers(oracle: Any, case: dict[str, Any]) -> bool:
    """Whether the oracle decides a case that lacks an input, by a row that happens not to ask for it."""
    try:
        return oracle.evaluate(case)["result"] != {}
    except RuntimeError:
        return False


def _zen() -> Any:
    """The module, which is no part of an installation; ends the run where it is not there."""
    try:
        return import_module("zen")
    except ImportError:
        raise SystemExit("this benchmark compares with zen-engine: pip install 'canglian[bench]'") from None
