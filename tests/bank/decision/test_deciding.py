"""What rules decide: values, missing inputs, switches, collected rows, hashes."""

import json

import pytest

from canglian.bank.decision.engine.jdm import read_model
from canglian.bank.decision.engine.rules import Rules, hash_of
from tests.bank.decision.documents import day, decided, decimal, model, ready, steps, table, text, whole, yes

LOAN = [whole("age", 18, 100), decimal("score", "0", "1", places=4), text("trade", "farm", "shop")]
ADMISSION = model(
    table(
        ["age", "score", "trade"],
        ["verdict", "rate"],
        (["> 65", "", ""], ["'refuse'", "0"]),
        (["", ">= 0.3", "'farm'"], ["'approve'", "age / 8"]),
        (["", "", ""], ["'person'", "5.50"]),
    )
)


def test_an_outcome_says_what_by_which_row_and_why() -> None:
    outcome = decided(LOAN, ADMISSION, age=70, score="0.5", trade="farm")
    assert (outcome.verdict, outcome.reasons) == ("refuse", ("row 1",))
    assert [(row.node, row.row, row.id) for row in outcome.rows] == [("table", 1, "r1")]
    assert len(outcome.hash) == 64
    outcome = decided(LOAN, ADMISSION, age=20, score="0.3000", trade="farm")
    assert (outcome.outputs, outcome.reasons) == ({"verdict": "approve", "rate": "2.5"}, ())
    assert decided(LOAN, ADMISSION, age=20, score="0.2999", trade="farm").outputs["rate"] == "5.5"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"age": None}, "rule_input.missing"),
        ({"age": "30"}, "rule_input.form"),
        ({"age": True}, "rule_input.form"),
        ({"age": 17}, "rule_input.range"),
        ({"score": "1e-1"}, "rule_input.form"),
        ({"score": "０.5"}, "rule_input.form"),
        ({"score": "0.50001"}, "rule_input.form"),
        ({"score": "00.5"}, "rule_input.form"),
        ({"score": "1.1"}, "rule_input.range"),
        ({"trade": "bank"}, "rule_input.range"),
        ({"trade": ["farm"]}, "rule_input.form"),
        ({"more": 1}, "rule_input.unknown"),
    ],
)
def test_what_does_not_fit_goes_to_a_person(changed: dict[str, object], why: str) -> None:
    made = ready(LOAN, ADMISSION)
    outcome = made.decide("rules", 1, {"age": 30, "score": "0.5", "trade": "farm", **changed})  # type: ignore[dict-item]
    assert (outcome.verdict, outcome.why_person, outcome.outputs) == ("person", why, {})
    assert outcome.field == next(iter(changed))
    lacking = made.decide("rules", 1, {"age": 30, "score": "0.5"})
    assert (lacking.why_person, lacking.field) == ("rule_input.missing", "trade")


def test_a_step_that_fails_goes_to_a_person() -> None:
    inputs = [decimal("a", "1", "9999999999999999999999999"), decimal("b", "0.00000001", "1", places=8)]
    document = model(steps(o="round((a / b) ^ 10, 2)"))
    assert decided(inputs, document, a="1", b="1").outputs == {"o": "1"}
    assert decided(inputs, document, a="9999999999999999999999999", b="0.00000001").why_person == "rule_set.step_failed"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("-7 % 3", -1),
        ("7 / 2", "3.5"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("0.1 + 0.2", "0.3"),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(0.125, 2)", "0.13"),
        ("floor(-1.5)", -2),
        ("ceil(1.2)", 2),
        ("max([1, 2.5, 2])", "2.5"),
        ("sum([1, 2, 3])", 6),
        ("-2 ^ 2", 4),
        ("len('中文')", 2),
        ("contains('abc', 'b')", True),
        ("1 + 2 * 3 == 7 and not false", True),
        ("10 % 4 * 2", 4),
        ("1 > 2 ? 'a' : 'b'", "b"),
    ],
)
def test_an_expression_has_an_exact_value(expression: str, value: object) -> None:
    outcome = decided([whole("n")], model(steps(o=expression, used="n")), n=1)
    assert outcome.outputs["o"] == value
    assert type(outcome.outputs["o"]) is type(value)


def test_a_switch_takes_one_way_and_the_ways_meet_again() -> None:
    branches = [{"id": "old", "condition": "age > 50"}, {"id": "else", "condition": "", "isDefault": True}]
    switch = {"id": "s", "type": "switchNode", "name": "s", "content": {"statements": branches}}
    nodes = switch, steps("one", k="1", z="age * 2"), steps("other", k="100 + age"), steps("end", w="k + (z ?? 5)")
    ways = [("in", "s", ""), ("s", "one", "old"), ("s", "other", "else"), ("one", "end", ""), ("other", "end", "")]
    document = model(*nodes, edges=[*ways, ("end", "out", "")])
    assert decided([whole("age")], document, age=60).outputs == {"k": 1, "z": 120, "w": 121}
    assert decided([whole("age")], document, age=20).outputs == {"k": 120, "z": None, "w": 125}


def test_a_table_that_collects_gives_all_rows_that_hold() -> None:
    rows = [(["> 50", ""], ["1"]), (["", "age > 5 and rich"], ["age"]), (["< 20", ""], ["3"])]
    document = model(
        table(["age", ""], ["w"], *rows, hitPolicy="collect", outputPath="found"), steps("n", n="len(found)")
    )
    outcome = decided([whole("age"), yes("rich")], document, age=60, rich=True)
    assert outcome.outputs["n"] == 2
    assert [row.row for row in outcome.rows] == [1, 2]
    bare = model(table(["age", ""], ["w"], *rows, hitPolicy="collect", outputPath="found"))
    assert decided([whole("age"), yes("rich")], bare, age=60, rich=True).outputs == {"found": [{"w": 1}, {"w": 60}]}
    assert decided([whole("age"), yes("rich")], bare, age=30, rich=False).outputs == {"found": []}


def test_days_and_cells_that_ask_more_than_their_value() -> None:
    document = model(
        table(
            ["on", "name"],
            ["o"],
            (['[d("2026-01-01")..d("2026-06-30")]', "startsWith($, 'A')"], ["1"]),
            (['> d("2026-06-30")', ""], ["2"]),
            (["", ""], ["3"]),
        )
    )
    inputs = [day("on"), text("name")]
    for on, name, value in (("2026-06-30", "Anna", 1), ("2026-06-30", "Ben", 3), ("2026-07-01", "Anna", 2)):
        assert decided(inputs, document, on=on, name=name).outputs == {"o": value}
    assert decided(inputs, document, on="2026-02-30", name="A").why_person == "rule_input.form"


def test_the_hash_is_of_what_rules_mean_and_not_of_how_they_are_drawn() -> None:
    drawn = json.loads(ADMISSION)
    drawn["nodes"][1]["position"] = {"x": 12.5, "y": 3}
    moved = json.dumps(drawn, indent=2)
    other = ADMISSION.replace("> 65", "> 66")
    hashes = [hash_of(Rules(tuple(LOAN), each), read_model(each)) for each in (ADMISSION, moved, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_no_text_of_a_rule_stands_in_the_source() -> None:
    evil = "__import__('os').system('id')"
    document = model(table(["trade"], ["o"], ([""], [f'"{evil}"'])))
    made = ready([text("trade")], document)
    assert not made.compiled.errors
    assert "import" not in made.compiled.source
    assert made.decide("rules", 1, {"trade": evil}).outputs == {"o": evil}
