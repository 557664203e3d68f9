"""The crash benchmark finds what it looks for: a lost, a doubled, an altered, an unbalanced case, a broken chain."""

import random
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from canglian.app.bench.crash.again import Answer
from canglian.app.bench.crash.findings import Findings
from canglian.app.bench.crash.judging import Row, judge
from canglian.app.bench.crash.requests import Acknowledgement, Asked, Kind, Move, Requests
from canglian.app.bench.crash.rounds import TINY, Rounds
from canglian.app.bench.crash.stored import Database, Place
from canglian.app.bench.serving import Prepared
from canglian.app.opening import Opened
from canglian.ledger.commands import OpenAccount
from tests.conftest import Caller

SINGLE = Asked("k", Kind.SINGLE, (Move(1, 2, 30),))
GROUP = Asked("k", Kind.GROUP, (Move(1, 2, 30), Move(2, 3, 40)))
BULK = Asked("k", Kind.BULK, (Move(1, 2, 30), Move(2, 3, 40)))
HOLD = Asked("k", Kind.HOLD, (Move(1, 2, 30),))
CAPTURE = Asked("k", Kind.CAPTURE, (Move(1, 2, 30),), 4)
ONE = Row("transfer", 7, 1, 2, 30)
PAIR = [Row("transfer", 7, 1, 2, 30, 7), Row("transfer", 8, 2, 3, 40, 7)]
LINES = [Row("transfer", 7, 1, 2, 30), Row("transfer", 9, 2, 3, 40)]
ACKNOWLEDGED = Acknowledgement(7, 1, 2, 30)

CASES: list[tuple[str, Asked, Acknowledgement | None, list[Row], set[str]]] = [
    ("stored as acknowledged", SINGLE, ACKNOWLEDGED, [ONE], set()),
    ("group as acknowledged", GROUP, Acknowledgement(transfers=(7, 8)), PAIR, set()),
    ("bulk as acknowledged", BULK, Acknowledgement(transfers=(7, 9)), LINES, set()),
    ("hold as acknowledged", HOLD, ACKNOWLEDGED, [Row("hold", 7, 1, 2, 30)], set()),
    ("capture as acknowledged", CAPTURE, ACKNOWLEDGED, [Row("transfer", 7, 1, 2, 30, None, 4)], set()),
    ("unheard, not done", SINGLE, None, [], set()),
    ("unheard, done", SINGLE, None, [ONE], {"landed"}),
    ("acknowledged, not there", SINGLE, ACKNOWLEDGED, [], {"lost"}),
    ("acknowledged, a line not there", BULK, Acknowledgement(transfers=(7, 9)), LINES[:1], {"lost"}),
    ("acknowledged, twice there", SINGLE, ACKNOWLEDGED, [ONE, Row("transfer", 8, 1, 2, 30)], {"doubled"}),
    ("unheard, twice there", SINGLE, None, [ONE, Row("transfer", 8, 1, 2, 30)], {"doubled", "landed"}),
    ("unheard, a torn group", GROUP, None, PAIR[:1], {"altered", "landed"}),
    ("another number acknowledged", SINGLE, Acknowledgement(8, 1, 2, 30), [ONE], {"altered"}),
    ("another amount acknowledged", SINGLE, Acknowledgement(7, 1, 2, 31), [ONE], {"altered"}),
    ("another amount stored", SINGLE, ACKNOWLEDGED, [Row("transfer", 7, 1, 2, 31)], {"altered"}),
    ("other accounts stored", SINGLE, None, [Row("transfer", 7, 2, 1, 30)], {"altered", "landed"}),
    ("a line that was refused", BULK, Acknowledgement(transfers=(7, 0)), LINES, {"altered"}),
    ("a group without its mark", GROUP, Acknowledgement(transfers=(7, 9)), LINES, {"altered"}),
    ("another hold captured", CAPTURE, ACKNOWLEDGED, [Row("transfer", 7, 1, 2, 30, None, 5)], {"altered"}),
    ("a transfer in place of a hold", HOLD, ACKNOWLEDGED, [ONE], {"altered"}),
]


@pytest.mark.parametrize(
    ("asked", "acknowledged", "rows", "wrong"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_request_is_judged_by_its_rows(
    asked: Asked, acknowledged: Acknowledgement | None, rows: list[Row], wrong: set[str]
) -> None:
    verdict = judge([asked], {} if acknowledged is None else {"k": acknowledged}, {"k": rows} if rows else {})
    assert {name for name in ("lost", "doubled", "altered", "landed") if getattr(verdict, name) == {"k"}} == wrong
    assert sum(len(getattr(verdict, name)) for name in ("lost", "doubled", "altered", "landed")) == len(wrong)


def test_a_row_that_nobody_asked_for_is_found() -> None:
    assert judge([], {}, {"x": [ONE]}).altered == {"x"}


@pytest.mark.parametrize(
    ("answer", "acknowledged", "had_landed", "wrong"),
    [
        (Answer(ACKNOWLEDGED, replayed=False), None, False, set()),
        (Answer(ACKNOWLEDGED, replayed=True), None, True, set()),
        (Answer(ACKNOWLEDGED, replayed=True), ACKNOWLEDGED, True, set()),
        (Answer(ACKNOWLEDGED, replayed=False), None, True, {"stored or answered otherwise"}),
        (Answer(ACKNOWLEDGED, replayed=False), ACKNOWLEDGED, True, {"stored or answered otherwise"}),
        (Answer(Acknowledgement(8, 1, 2, 30), replayed=True), ACKNOWLEDGED, True, {"stored or answered otherwise"}),
        (None, None, False, {"unanswered when sent again"}),
    ],
)
def test_an_answer_to_what_is_sent_again_is_judged(
    answer: Answer | None, acknowledged: Acknowledgement | None, had_landed: bool, wrong: set[str]
) -> None:
    findings = Findings()
    findings.sent_again(SINGLE, answer, acknowledged, had_landed=had_landed)
    assert {bar.name for bar in findings.bars() if not bar.holds} == wrong


@pytest.fixture
async def past(installation: Opened, call: Caller, database: str) -> tuple[Requests, Rounds]:
    """Rounds after some requests of every kind were asked and acknowledged."""
    engine = installation.services.engine
    opening = OpenAccount(asset="CNY", head="2011", floor=None)
    numbers = [(await engine.execute(1, opening, actor="t")).id for _ in range(3)]
    requests = Requests(Prepared("", numbers, 0), random.Random(1))
    for kind in (Kind.HOLD, Kind.HOLD, *Kind, Kind.SINGLE):
        asked = requests.new(kind)
        path, body = asked.sent()
        headers = {"content-type": "application/json", "idempotency-key": asked.key}
        answer = await call("POST", path, content=body, headers=headers)
        requests.answered(len(requests.asked) - 1, answer.status_code, answer.content)
    assert requests.statuses == {201: 8}
    victim: Any = SimpleNamespace()
    return requests, Rounds(victim, Database(database), requests, TINY, 1, Place())


async def _missed(rounds: Rounds) -> set[str]:
    await rounds.look_at_all()
    return {bar.name for bar in rounds.findings.bars() if not bar.holds}


async def test_nothing_is_found_where_nothing_is_wrong(past: tuple[Requests, Rounds]) -> None:
    assert await _missed(past[1]) == set()
    assert past[1].findings.figures(8, past[0].statuses)["wrong"] == {}


_AGAIN = (
    "INSERT INTO transfer SELECT book, 999, debit, credit, amount, asset, code, date, happened_at, booked_at, "
    'debit_balance, credit_balance, command, flags, "group", hold, reverses, reference FROM transfer '
    "WHERE book = 1 AND id = 1"
)
_BOTH = "UPDATE balance SET debits = debits + 1, credits = credits + 1 WHERE book = 1 AND account = 1"
_CHAIN, _LOG = "chain verified", "log leads to the stored state"


@pytest.mark.parametrize(
    ("doctored", "missed"),
    [
        ("DELETE FROM transfer WHERE book = 1 AND id = 1", {"lost", "unbalanced", _CHAIN, _LOG}),
        ("DELETE FROM hold WHERE book = 1 AND id = 1", {"lost", "unbalanced", _LOG}),
        (_AGAIN, {"doubled", "unbalanced", _CHAIN, _LOG}),
        (
            "UPDATE transfer SET amount = amount + 1 WHERE book = 1 AND id = 1",
            {"stored or answered otherwise", "unbalanced", _CHAIN, _LOG},
        ),
        (
            "UPDATE transfer SET reference = NULL WHERE book = 1 AND id = 1",
            {"lost", "stored or answered otherwise", _CHAIN, _LOG},
        ),
        (_BOTH, {"unbalanced", _LOG}),
        ("UPDATE balance SET debits_held = 1 WHERE book = 1 AND account = 1", {"unbalanced", _LOG}),
        ("UPDATE balance SET entries = entries + 1 WHERE book = 1 AND account = 1", {"unbalanced", _LOG}),
        ("DELETE FROM balance WHERE book = 1 AND account = 1", {"unbalanced", _LOG}),
        ("UPDATE command SET actor = 'x' WHERE book = 1 AND number = 5", {_CHAIN}),
    ],
)
async def test_a_doctored_store_is_found(
    past: tuple[Requests, Rounds], database: str, doctored: str, missed: set[str]
) -> None:
    connection = await asyncpg.connect(database)
    assert await connection.execute(doctored) in ("DELETE 1", "UPDATE 1", "INSERT 0 1")
    await connection.close()
    assert await _missed(past[1]) == missed


async def test_an_acknowledgement_of_what_was_never_done_is_a_loss(past: tuple[Requests, Rounds]) -> None:
    requests, rounds = past
    asked = requests.new(Kind.SINGLE)
    requests.acknowledged(
        asked, Acknowledgement(99, asked.moves[0].debit, asked.moves[0].credit, asked.moves[0].amount)
    )
    assert await _missed(rounds) == {"lost"}
    assert rounds.findings.figures(9, {})["wrong"] == {"lost": [asked.key]}
