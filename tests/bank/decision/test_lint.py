"""What the lint refuses, with the row that it is about; and what it lets pass."""

import json

import pytest

from tests.bank.decision.documents import day, decimal, found, model, steps, table, text, whole, yes

INPUTS = [whole("age", 0, 120), whole("amount", 0, 1_000), text("trade", "farm", "shop")]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1e2", "number_form"),
        ("１ + 1", "number_form"),
        ("1_000", "number_form"),
        ("100 / amount", "division_by_zero"),
        ("100 % (age - 5)", "division_by_zero"),
        ("now()", "clock"),
        ("date()", "clock"),
        ("date('now')", "clock"),
        ("rand(3)", "chance"),
        ("http('x')", "function_unknown"),
        ("income", "name_unknown"),
        ("amount.x", "path"),
        ("len(age)", "text_needed"),
        ("age + trade", "number_needed"),
        ("age == trade", "kinds"),
        ("trade > 'farm'", "order"),
        ("1 < age < 3", "chained"),
        ("age in 3", "list_needed"),
        ("amount ^ 11", "power"),
        ("amount ^ 10 * amount ^ 10", "too_large"),
        ("d('2026-02-30')", "date"),
        ("age +", "syntax"),
        ("age & 1", "character"),
        ("(" * 50 + "1" + ")" * 50, "too_deep"),
        ("age ? 1 : 2", "condition"),
        ("$ + 1", "current"),
        ("round(age / 7, amount)", "places"),
        ("null", "null_possible"),
    ],
)
def test_an_expression_is_refused_with_its_code(expression: str, code: str) -> None:
    assert found(INPUTS, model(steps(ok="age + 1", wrong=expression))) == [(code, 2)]


@pytest.mark.parametrize(
    "expression",
    [
        "amount > 0 ? 100 / amount : 0",
        "amount != 0 and 100 / amount > 3",
        "not (amount == 0) ? 100 % amount : 0",
        "trade in ['farm'] ? min([age, amount]) : round(age / 7, 2)",
        "startsWith(upper(trim(trade)), 'F') or len(trade) > 3",
        "2 ^ 3 - -age",
    ],
)
def test_what_cannot_fail_passes(expression: str) -> None:
    assert found(INPUTS, model(steps(ok=expression))) == []


def test_a_gap_names_a_case_that_no_row_takes() -> None:
    document = model(table(["age", "trade"], ["o"], (["< 30", "'farm'"], ["1"]), (["> 40", ""], ["2"])))
    assert found(INPUTS, document) == [("gap", None)]
    closed = model(
        table(["age", "trade"], ["o"], (["< 30", "'farm'"], ["1"]), (["> 40", ""], ["2"]), (["", ""], ["3"]))
    )
    assert found(INPUTS, closed) == []


def test_a_range_of_whole_numbers_has_no_gap_between_two_of_them() -> None:
    document = model(table(["age"], ["o"], (["[0..29]"], ["1"]), (["[30..120]"], ["2"])))
    assert found(INPUTS, document) == []
    assert found([decimal("age", "0", "120")], document) == [("gap", None)]


def test_a_row_that_no_case_comes_to_is_refused() -> None:
    document = model(table(["age"], ["o"], (["> 40"], ["1"]), (["> 50"], ["2"]), ([""], ["3"])))
    assert found(INPUTS, document) == [("unreachable", 2)]
    together = model(table(["age"], ["o"], (["> 40"], ["1"]), (["<= 40"], ["2"]), ([""], ["3"])))
    assert found(INPUTS, together) == [("unreachable", 3)]


def test_rows_that_partly_overlap_by_accident_are_warned_of() -> None:
    document = model(table(["age"], ["o"], (["[0..40]"], ["1"]), (["[35..120]"], ["2"])))
    assert found(INPUTS, document) == []
    assert ("overlap", 2) in found(INPUTS, document, errors=False)


def test_a_refusal_without_a_reason_is_refused() -> None:
    document = json.loads(model(table(["age"], ["verdict"], (["> 40"], ["'refuse'"]), ([""], ["'approve'"]))))
    assert found(INPUTS, json.dumps(document)) == []
    del document["nodes"][1]["content"]["rules"][0]["_description"]
    assert found(INPUTS, json.dumps(document)) == [("reason_missing", 1)]


@pytest.mark.parametrize(
    ("cells", "given", "code"),
    [
        (["'other'"], ["1"], "value_unknown"),
        (["> 3"], ["1"], "kinds"),
        ([""], [""], "output_missing"),
        ([""], ["'maybe'"], "verdict"),
    ],
)
def test_cells_that_do_not_go_with_their_column_are_refused(cells: list[str], given: list[str], code: str) -> None:
    document = model(table(["trade"], ["verdict"], (cells, given), ([""], ["'person'"])))
    codes = {each for each, _ in found(INPUTS, document)}
    assert code in codes or (code == "kinds" and "kinds" in codes)


@pytest.mark.parametrize("kind", ["functionNode", "customNode", "decisionNode", "httpNode"])
def test_nodes_that_call_outside_are_refused(kind: str) -> None:
    node = {"id": "f", "type": kind, "name": "f", "content": "export const handler = () => Date.now()"}
    assert found(INPUTS, model(node)) == [("outside", None)]


def test_null_has_to_be_met() -> None:
    inputs = [whole("age", nullable=True), yes("known", nullable=True)]
    assert found(inputs, model(steps(o="age + 1"))) == [("null_possible", 1)]
    assert found(inputs, model(steps(o="(age ?? 0) + 1", p="age != null ? age * 2 : 0"))) == []
    gap = model(table(["age", "known"], ["o"], (["> 3", ""], ["1"]), (["<= 3", ""], ["2"])))
    assert found(inputs, gap) == [("gap", None)]
    met = model(table(["age", "known"], ["o"], (["> 3", ""], ["1"]), (["<= 3", ""], ["2"]), (["null", ""], ["3"])))
    assert found(inputs, met) == []


def test_a_graph_has_to_hang_together() -> None:
    switch = {
        "id": "s",
        "type": "switchNode",
        "name": "s",
        "content": {"statements": [{"id": "old", "condition": "age > 50"}, {"id": "else", "isDefault": True}]},
    }
    one, other = steps("one", k="1"), steps("other", k="amount")
    ways = [("in", "s", ""), ("s", "one", "old"), ("s", "other", "else"), ("one", "out", ""), ("other", "out", "")]
    assert found(INPUTS, model(switch, one, other, edges=ways)) == []
    assert found(INPUTS, model(switch, one, edges=[*ways[:2], ways[3]])) == [("switch_open", None)]
    side_by_side = [("in", "one", ""), ("in", "other", ""), ("one", "out", ""), ("other", "out", "")]
    assert found(INPUTS, model(one, other, edges=side_by_side)) == [("conflict", None)]
    circle = [("in", "one", ""), ("one", "other", ""), ("other", "one", ""), ("other", "out", "")]
    assert found(INPUTS, model(one, other, edges=circle)) == [("cycle", None)]
    assert found(INPUTS, model(one, other, edges=side_by_side[:3])) == [("unconnected", None)]
    assert found(INPUTS, '{"nodes": [], "edges": []}') == [("one_of", None), ("one_of", None)]
    assert found(INPUTS, "[" * 2_000) == [("document", None)]


def test_bounds_are_plain_numbers_in_their_order() -> None:
    for low, high, code in (("1e2", "200", "number_form"), ("９", "10", "number_form"), ("5", "4", "bounds")):
        inputs = [*INPUTS, decimal("score", low, high)]
        assert (code, None) in found(inputs, model(steps(o="age")))
    assert found([day("on")], model(table(["on"], ["o"], (['> d("2026-01-01")'], ["1"]), ([""], ["2"])))) == []


def test_a_table_too_wide_to_be_proved_is_refused_and_not_guessed() -> None:
    names = [f"n{number}" for number in range(12)]
    inputs = [whole(name, 0, 10**6) for name in names]
    rows = [([f"> {(row * 7919 + place * 104_729) % 10**6}" for place in range(12)], ["1"]) for row in range(60)]
    codes = {code for code, _ in found(inputs, model(table(names, ["o"], *rows)))}
    assert codes == {"too_wide"}
