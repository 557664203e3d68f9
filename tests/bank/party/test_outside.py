"""Remote openings that move by themselves: real sandboxes, every way in which they misbehave, and nothing doubled."""

import asyncio
import dataclasses
import io
import re
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.party.commands import AskSignInCode, IntroducePerson, TypeSignInCode
from canglian.bank.party.model import PartyKind
from canglian.bank.party.outside import ADAPTERS
from canglian.bank.party.sealing import Sealer
from canglian.kernel import Command, logs
from canglian.kernel.outbox import Dispatcher, Receiver
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from canglian.web.outside import Wiring
from tests import sandboxes
from tests.bank.party.api.test_openings import CARD, STEPS
from tests.bank.party.people import identity
from tests.bank.party.test_nothing_plain import everything_stored
from tests.conftest import Caller
from tests.sandboxes import Program, Sandboxes

MOBILE = "13812345678"
NAME = "欧阳晓燕"


@pytest.fixture
def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandboxes]:
    """Sandboxes of this test, in a thread where it asks for no process."""
    start = getattr(request, "param", sandboxes.in_a_thread)
    with start(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def configuration(configuration: Settings, worlds: Sandboxes) -> Settings:
    """A bank that is connected to them, and does not wait long."""
    return worlds.connected(configuration, outside_timeout_ms=1000)


class Post:
    """The outbox of the installation with its adapters, at a time when everything that waits is due."""

    def __init__(self, installation: Opened) -> None:
        services = installation.services
        self.services = services
        self.wiring = Wiring(services, ADAPTERS)
        self.dispatcher = Dispatcher(
            services.engine,
            services.reader,
            services.keyring,
            clock=lambda: utc_now() + timedelta(days=1),
            adapters=self.wiring.adapters,
        )

    async def pump(self, turns: int = 6) -> None:
        """Carry what is due, and what comes of it."""
        for _ in range(turns):
            await self.wiring.introduce(1)
            await self.dispatcher.turn(1)
            await self.dispatcher.settle()

    async def receiver(self, name: str) -> Receiver:
        return (await self.services.store.load(1, Receiver, [name]))[name]

    async def close(self) -> None:
        await self.dispatcher.close()
        await self.wiring.close()


@pytest.fixture
async def post(installation: Opened) -> AsyncIterator[Post]:
    made = Post(installation)
    await made.wiring.introduce(1)
    yield made
    await made.close()


async def started(call: Caller, *, serial: int = 1, mobile: str = MOBILE, name: str = NAME) -> str:
    """An opening of a person whose document was read."""
    body = {"kind": "person", "name": name, "number": identity(serial), "mobile": mobile}
    party = (await call("POST", "/v1/parties", body)).json()["id"]
    opening = (await call("POST", "/v1/openings", {"party": party, "channel": "app"})).json()["id"]
    document = {**STEPS["document"], "number": identity(serial)}
    answer = await call("POST", f"/v1/openings/{opening}/document", document)
    assert answer.status_code == 200, answer.text
    return opening


async def give(call: Caller, opening: str, account: str = CARD) -> None:
    answer = await call("POST", f"/v1/openings/{opening}/account", {"account": account})
    assert answer.status_code == 200, answer.text
    assert account not in answer.text


async def seen(call: Caller, opening: str) -> dict[str, Any]:
    return (await call("GET", f"/v1/openings/{opening}")).json()


async def state(call: Caller, opening: str) -> str:
    return (await seen(call, opening))["opening"]["state"]


def code_in(message: dict[str, Any]) -> str:
    found = re.search(r"验证码 (\d{6})", message["text"])
    assert found is not None
    return found[1]


async def typed(call: Caller, opening: str, code: str) -> Any:
    return await call("POST", f"/v1/openings/{opening}/typed-code", {"code": code})


async def to_the_code(call: Caller, post: Post, worlds: Sandboxes) -> tuple[str, str]:
    """An opening that waits for its code, and the code."""
    opening = await started(call)
    await give(call, opening)
    await post.pump()
    assert await state(call, opening) == "sms"
    return opening, code_in(worlds.inbox(MOBILE)[0])


async def claims(post: Post, mobile: str, serial: int) -> None:
    """Somebody signs in with a mobile alone and says an identity number."""
    services, kind = post.services, PartyKind.PERSON
    seal = Sealer(services.keyring, (await book_figures(services.reader, 1)).today, None)
    code = services.keyring.blind_index(mobile, "code")
    commands: list[Command[Any]] = [
        AskSignInCode(mobile=seal.mobile(mobile), challenge=code, code=code),
        TypeSignInCode(challenge=code, code=code, session=code * 2, device="", minutes=60, lock_minutes=15),
        IntroducePerson(session=code * 2, name=seal.name("诸葛小米", kind), number=seal.number(identity(serial), kind)),
    ]
    for command in commands:
        await services.engine.execute(1, command, actor="test")


async def test_the_holder_of_a_number_that_others_claim_gets_one_message_a_day(
    call: Caller, post: Post, worlds: Sandboxes
) -> None:
    await call("POST", "/v1/parties", {"kind": "person", "name": NAME, "number": identity(1), "mobile": MOBILE})
    await claims(post, "13700137001", 1)
    await claims(post, "13700137002", 1)
    await claims(post, "13700137003", 2)
    await post.pump()
    messages = [message for message in worlds.inbox() if "验证码" not in message["text"]]
    assert [message["mobile"] for message in messages] == [MOBILE]
    assert "用您的身份证号码" in messages[0]["text"]
    assert "1370013" not in messages[0]["text"]


async def test_an_opening_moves_by_itself_as_far_as_the_person_lets_it(
    call: Caller, post: Post, worlds: Sandboxes
) -> None:
    opening = await started(call)
    await post.pump()
    assert await state(call, opening) == "liveness"  # the account is not known yet
    assert worlds.inbox() == []
    await give(call, opening)
    await post.pump()
    assert await state(call, opening) == "sms"
    (message,) = worlds.inbox(MOBILE)
    answer = await typed(call, opening, code_in(message))
    assert (answer.status_code, answer.json()["state"]) == (200, "active")
    whole = await seen(call, opening)
    assert whole["opening"]["account"] == "622202*********0123"
    assert [(step["step"], step["passed"], step["by"]) for step in whole["steps"]][1:4] == [
        ("liveness", True, "system:identity"),
        ("elements", True, "system:identity"),
        ("sms", True, "system:sms"),
    ]
    assert whole["steps"][1]["reference"].startswith("face-")
    assert len(worlds.kept("identity")) == 2


async def test_an_account_that_is_named_early_is_checked_in_its_turn_and_once(
    call: Caller, post: Post, worlds: Sandboxes
) -> None:
    opening = await started(call)
    await give(call, opening, "6222021234567890000")
    await post.pump()
    whole = await seen(call, opening)
    assert (whole["opening"]["state"], whole["opening"]["tries"]) == ("liveness", 1)
    assert [step["step"] for step in whole["steps"]] == ["document", "liveness", "elements"]
    assert whole["opening"]["account"] is None
    asked = await call("POST", f"/v1/openings/{opening}/ask")
    assert asked.json()["code"] == "remote_opening.account_missing"
    await give(call, opening)
    await post.pump()
    assert await state(call, opening) == "sms"
    late = await call("POST", f"/v1/openings/{opening}/account", {"account": CARD})
    assert late.json()["code"] == "remote_opening.account_late"


async def test_a_face_that_is_not_alike_is_asked_for_again_until_no_try_is_left(call: Caller, post: Post) -> None:
    opening = await started(call, name="欧阳假面")
    for tries in (1, 2):
        await post.pump(3)
        assert (await seen(call, opening))["opening"]["tries"] == tries
        assert (await call("POST", f"/v1/openings/{opening}/ask")).status_code == 200
    await post.pump()
    opened = (await seen(call, opening))["opening"]
    assert (opened["state"], opened["outcome"]) == ("rejected", "liveness_failed")
    assert (await call("POST", f"/v1/openings/{opening}/ask")).json()["code"] == "remote_opening.over"


async def test_two_requests_to_ask_again_count_as_one(call: Caller, post: Post) -> None:
    opening = await started(call, name="欧阳假面")
    for _ in range(3):
        await call("POST", f"/v1/openings/{opening}/ask")
    await post.pump()
    assert (await seen(call, opening))["opening"]["tries"] == 1


@pytest.mark.parametrize("route", ["liveness", "elements", "message", "code"])
async def test_nobody_tells_an_outcome_that_a_service_tells(call: Caller, post: Post, route: str) -> None:
    opening = await started(call)
    answer = await call("POST", f"/v1/openings/{opening}/{route}", STEPS[route])
    assert (answer.status_code, answer.json()["code"]) == (409, "outside.connected")
    assert await state(call, opening) == "document"


# -- codes ---------------------------------------------------------------------------------------------------------


async def test_five_wrong_codes_end_an_opening(call: Caller, post: Post, worlds: Sandboxes) -> None:
    opening, code = await to_the_code(call, post, worlds)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for tries in range(1, 5):
        answer = await typed(call, opening, wrong)
        assert (answer.json()["state"], answer.json()["tries"]) == ("sms", tries)
    assert (await typed(call, opening, wrong)).json()["outcome"] == "code_failed"
    assert (await typed(call, opening, code)).json()["code"] == "remote_opening.over"


async def test_a_code_counts_for_its_opening_and_once(call: Caller, post: Post, worlds: Sandboxes) -> None:
    opening, code = await to_the_code(call, post, worlds)
    other = await started(call, serial=2, mobile="13900000001")
    await give(call, other, "6222021234567890555")
    await post.pump()
    assert code_in(worlds.inbox("13900000001")[0]) != code
    assert (await typed(call, other, code)).json()["state"] == "sms"
    assert (await typed(call, opening, code)).json()["state"] == "active"
    assert (await typed(call, opening, code)).json()["code"] == "remote_opening.over"


async def test_a_code_ends_after_its_minutes_and_another_one_may_be_asked_for(
    call: Caller, post: Post, worlds: Sandboxes, installation: Opened, monkeypatch: Any
) -> None:
    opening, code = await to_the_code(call, post, worlds)
    soon = await call("POST", f"/v1/openings/{opening}/ask")
    assert soon.json()["code"] == "remote_opening.code_soon"
    assert 0 < soon.json()["fields"]["seconds"] <= 60
    late = utc_now() + timedelta(minutes=5)
    for lane in installation.services.engine._lanes.values():
        monkeypatch.setattr(lane, "_clock", lambda: late)
    expired = await typed(call, opening, code)
    assert (expired.status_code, expired.json()["code"]) == (422, "remote_opening.code_expired")
    assert (await call("POST", f"/v1/openings/{opening}/ask")).status_code == 200
    await post.pump()
    first, second = reversed(worlds.inbox(MOBILE))
    assert code_in(first) != code_in(second)
    assert (await typed(call, opening, code)).json()["tries"] == 1  # the one before counts no more
    assert (await typed(call, opening, code_in(second))).json()["state"] == "active"


async def test_no_more_codes_than_the_rules_allow_are_sent(
    call: Caller, post: Post, worlds: Sandboxes, installation: Opened, monkeypatch: Any
) -> None:
    opening, _ = await to_the_code(call, post, worlds)
    for count in range(1, 5):
        late = utc_now() + timedelta(minutes=count + 1)
        for lane in installation.services.engine._lanes.values():
            monkeypatch.setattr(lane, "_clock", lambda late=late: late)
        assert (await call("POST", f"/v1/openings/{opening}/ask")).status_code == 200
        await post.pump(2)
    spent = await call("POST", f"/v1/openings/{opening}/ask")
    assert (spent.json()["code"], spent.json()["fields"]) == ("remote_opening.codes_spent", {"most": 5})
    assert len(worlds.inbox(MOBILE)) == 5


async def test_a_mobile_that_cannot_be_reached_is_noted_and_keeps_nobody_else_waiting(
    call: Caller, post: Post, worlds: Sandboxes
) -> None:
    opening = await started(call, mobile="13812349999")
    other = await started(call, serial=2)
    for started_opening in (opening, other):
        await give(call, started_opening, f"62220212345678905{55 if started_opening == opening else 56}")
    await post.pump()
    assert (await state(call, opening), await state(call, other)) == ("elements", "sms")
    last = (await seen(call, opening))["steps"][-1]
    assert (last["step"], last["passed"], last["note"]) == ("sms", False, "HTTP 422")
    assert (await seen(call, opening))["opening"]["tries"] == 0


async def test_no_code_and_nothing_personal_stands_anywhere_in_plain(
    call: Caller, post: Post, worlds: Sandboxes, database: str
) -> None:
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    try:
        worlds.faults("identity", error=1.0, times=4)
        opening, code = await to_the_code(call, post, worlds)
        await typed(call, opening, f"{(int(code) + 1) % 10**6:06}")
        await typed(call, opening, code)
    finally:
        logs.configure("info", "json", sys.stderr)
    places = {**await everything_stored(database), "log": stream.getvalue(), "api": str(await seen(call, opening))}
    for planted in (MOBILE, NAME, CARD, identity(1)):
        assert [place for place, text in places.items() if planted in text] == []
    whole_number = re.compile(rf"(?<![0-9a-z]){code}(?![0-9a-z])")
    assert [place for place, text in places.items() if whole_number.search(text)] == []


# -- faults --------------------------------------------------------------------------------------------------------


async def through(call: Caller, post: Post, worlds: Sandboxes, people: int = 2) -> None:
    """People go all the way; nobody is asked twice in the journals, no step is taken twice."""
    opened = []
    for n in range(people):
        opening = await started(call, serial=n + 1, mobile=f"1391234560{n}")
        await give(call, opening, f"622202123456789055{n}")
        opened.append(opening)
    await post.pump(12)
    for n, opening in enumerate(opened):
        messages = worlds.inbox(f"1391234560{n}")
        assert len({message["text"] for message in messages}) == 1
        assert (await typed(call, opening, code_in(messages[0]))).json()["state"] == "active"
        steps = [(step["step"], step["passed"]) for step in (await seen(call, opening))["steps"]]
        assert steps == [(name, True) for name in ("document", "liveness", "elements", "sms", "review")]
    for name in ("rcv_party_identity", "rcv_party_sms"):
        receiver = await post.receiver(name)
        assert (receiver.problem, receiver.tries) == (None, 0)


@pytest.mark.parametrize("fault", ["error", "silent", "lost", "forged", "duplicate"])
@pytest.mark.parametrize("world", ["identity", "sms"])
async def test_faults_lose_nothing_and_double_nothing(
    call: Caller, post: Post, worlds: Sandboxes, world: str, fault: str
) -> None:
    worlds.faults(world, **{fault: 1.0}, times=4)
    await through(call, post, worlds)
    kept = worlds.kept(world)
    assert len({line["key"] for line in kept}) == (4 if world == "identity" else 2)


async def test_slow_answers_are_waited_for(call: Caller, post: Post, worlds: Sandboxes) -> None:
    for world in ("identity", "sms"):
        worlds.faults(world, slow=1.0, slow_seconds=0.3)
    await through(call, post, worlds)


async def test_answers_that_come_too_late_are_asked_for_again_and_are_the_same(
    call: Caller, post: Post, worlds: Sandboxes
) -> None:
    for world in ("identity", "sms"):
        worlds.faults(world, slow=1.0, slow_seconds=1.5, times=4)
    await through(call, post, worlds)


async def test_another_answer_to_the_same_question_changes_nothing(
    call: Caller, post: Post, worlds: Sandboxes, monkeypatch: Any
) -> None:
    """The world answers, the answer is taken, and the process dies before it is written that the event was heard."""
    opening = await started(call)
    recorded = post.dispatcher._record

    async def killed(*_: Any, **__: Any) -> Any:
        raise asyncio.CancelledError

    monkeypatch.setattr(post.dispatcher, "_record", killed)
    await post.pump(1)
    assert await state(call, opening) == "liveness"
    monkeypatch.setattr(post.dispatcher, "_record", recorded)
    worlds.faults("identity", duplicate=1.0)
    await post.pump()
    assert [step["step"] for step in (await seen(call, opening))["steps"]] == ["document", "liveness"]


async def test_a_world_that_never_answers_leads_to_a_dead_letter_that_can_be_sent_again(
    call: Caller, post: Post, worlds: Sandboxes
) -> None:
    worlds.faults("identity", error=1.0)
    opening = await started(call)
    await post.pump(12)
    (letter,) = (await call("GET", "/v1/dead-letters?state=dead")).json()["data"]
    assert (letter["receiver"], letter["tries"], letter["problem"]) == ("rcv_party_identity", 10, "outside.away")
    assert await state(call, opening) == "document"
    worlds.faults("identity")
    assert (await call("POST", f"/v1/dead-letters/{letter['id']}/resend")).status_code == 200
    await post.pump()
    assert await state(call, opening) == "liveness"
    assert (await call("GET", "/v1/dead-letters?state=dead")).json()["data"] == []


@pytest.mark.parametrize("worlds", [sandboxes.running], indirect=True, ids=["process"])
async def test_a_world_that_was_killed_forgets_nothing(
    call: Caller, post: Post, worlds: Program, tmp_path: Path
) -> None:
    opening, code = await to_the_code(call, post, worlds)
    before = {world: worlds.kept(world) for world in worlds.addresses}
    sandboxes.kill(worlds)
    late = await started(call, serial=2, mobile="13900000001")
    await give(call, late, "6222021234567890555")
    await post.pump(2)
    assert await state(call, late) == "document"
    with sandboxes.running(tmp_path / "sandbox") as again:  # the ports beside its own may be taken
        assert {world: again.kept(world) for world in again.addresses} == before
        assert code_in(again.inbox(MOBILE)[0]) == code
        connected = again.connected(post.services.settings)
        moved = Post.__new__(Post)
        moved.services = post.services
        moved.wiring = Wiring(_with(post.services, connected), ADAPTERS)
        moved.dispatcher = Dispatcher(
            *(post.services.engine, post.services.reader, post.services.keyring),
            clock=lambda: utc_now() + timedelta(days=1),
            adapters=moved.wiring.adapters,
        )
        await post.close()
        await moved.pump(8)
        assert await state(call, late) == "sms"
        await moved.close()
    assert (await typed(call, opening, code)).json()["state"] == "active"


def _with(services: Any, settings: Settings) -> Any:
    return dataclasses.replace(services, settings=settings)


async def test_a_bank_that_is_not_connected_has_no_adapter_and_keeps_its_place(
    call: Caller, post: Post, worlds: Sandboxes, configuration: Settings
) -> None:
    await post.close()
    off = Wiring(_with(post.services, Settings()), ADAPTERS)
    assert dict(off.adapters) == {}
    idle = Dispatcher(post.services.engine, post.services.reader, post.services.keyring, adapters=off.adapters)
    opening = await started(call)
    await idle.turn(1)
    await idle.settle()
    before = await post.receiver("rcv_party_identity")
    assert await state(call, opening) == "document"
    on = Post.__new__(Post)
    on.__init__(type("Again", (), {"services": post.services})())  # type: ignore[misc]
    await on.pump()
    assert await state(call, opening) == "liveness"
    assert (await post.receiver("rcv_party_identity")).cursor > before.cursor
    await on.close()
