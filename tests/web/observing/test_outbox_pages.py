"""The outbox in the console: receivers are added, paused and removed, dead letters sent again or given up."""

import pytest

from canglian.app.opening import Opened
from canglian.kernel.outbox import (
    Attempt,
    DeadLetterState,
    LeaseReceiver,
    ReceiverState,
    RecordDeliveries,
    add_receiver,
    queries,
)
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.ledger.commands import OpenAccount
from canglian.web.console import Pages
from canglian.web.observing.outbox_pages import trouble
from tests.web.entering import Enter, key_in, send, token_in

NEW = "/console/outbox/new"
URL = "https://shop.example/events"


async def add(installation: Opened) -> str:
    """A receiver; its id."""
    services = installation.services
    receiver, _ = await add_receiver(services.engine, services.keyring, 1, url=URL, name="收银台", actor="test")
    return receiver.id


async def kill(installation: Opened, receiver: str) -> int:
    """An event that did not arrive in all its tries; its number."""
    engine = installation.services.engine
    await engine.execute(1, OpenAccount(asset="CNY", head="2011"), actor="test")
    number = (await installation.services.store.state(1)).events
    for _ in range(15):
        await engine.execute(1, LeaseReceiver(receiver=receiver, holder="t", milliseconds=1000), actor="test")
        attempt = Attempt(event=number, at=utc_now(), duration_ms=12, status=503, problem="HTTP status 503")
        done = RecordDeliveries(receiver=receiver, holder="t", through=0, attempts=[attempt], release=True)
        await engine.execute(1, done, actor="test")
    return number


async def test_a_receiver_is_added_with_a_secret_that_is_shown_once(installation: Opened, enter: Enter) -> None:
    client = await enter("admin")
    made = await send(client, NEW, name="收银台", url=URL, kinds="transfer.*, account.opened")
    assert 'data-copy="whsec_' in made.text
    (view,) = (await queries.receivers(installation.services.reader, 1, Order())).items
    assert (view.name, view.url, view.kinds) == ("收银台", URL, ["transfer.*", "account.opened"])
    again = await client.get(f"/console/outbox/{view.id}")
    assert again.status_code == 200
    assert "whsec_" not in again.text
    assert "收银台" in (await client.get("/console/outbox")).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"url": "ftp://x"}, "url"), ({"kinds": "Transfer!"}, "kinds"), ({"name": ""}, "name")],
)
async def test_a_wrong_receiver_is_told_at_its_field_and_kept(
    installation: Opened, enter: Enter, wrong: dict[str, str], field: str
) -> None:
    client = await enter("admin")
    values = {"name": "收银台", "url": URL, "kinds": "*", **wrong}
    answer = await send(client, NEW, **values)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'value="{values["url"]}"' in answer.text
    assert not (await queries.receivers(installation.services.reader, 1, Order())).items


async def test_a_receiver_is_paused_continued_and_removed(installation: Opened, enter: Enter) -> None:
    receiver = await add(installation)
    client = await enter("admin")
    path = f"/console/outbox/{receiver}"
    for state in (ReceiverState.PAUSED, ReceiverState.ACTIVE):
        assert (await send(client, path, state=state.value)).headers["location"] == path
        assert (await queries.receiver(installation.services.reader, 1, receiver)).state is state
    assert 'data-copy="whsec_' in (await send(client, path, action="secret")).text
    assert (await send(client, path, state="removed")).headers["location"] == "/console/outbox"
    assert "收银台" not in (await client.get("/console/outbox")).text
    assert "data-confirm" not in (await client.get(path)).text


async def test_a_dead_letter_is_sent_again_or_given_up_with_a_reason(installation: Opened, enter: Enter) -> None:
    receiver = await add(installation)
    events = [await kill(installation, receiver) for _ in range(2)]
    client = await enter("operator")
    listed = await client.get("/console/dead-letters?state=dead")
    assert listed.text.count("data-href=") == 2
    assert "对方返回 HTTP 状态码 503。" in listed.text
    assert (await send(client, "/console/dead-letters/1", action="resend")).status_code == 303
    assert (await send(client, "/console/dead-letters/2", action="skip", reason="")).status_code == 422
    assert (await send(client, "/console/dead-letters/2", action="skip", reason="对方已停用")).status_code == 303
    reader = installation.services.reader
    letters = [await queries.dead_letter(reader, 1, number) for number in (1, 2)]
    assert [letter.state for letter in letters] == [DeadLetterState.QUEUED, DeadLetterState.SKIPPED]
    assert [letter.event for letter in letters] == events
    page = await client.get("/console/dead-letters/1")
    assert page.text.count("HTTP 状态码 503") == 16


async def test_who_may_only_look_sees_the_outbox_and_changes_nothing(installation: Opened, enter: Enter) -> None:
    receiver = await add(installation)
    await kill(installation, receiver)
    client = await enter("viewer")
    for path in (f"/console/outbox/{receiver}", "/console/dead-letters/1"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "您的角色仅可查看" in page.text
        refused = await client.post(path, data={"_token": token_in(page.text), "state": "removed"})
        assert refused.status_code == 403
    assert (await client.get(NEW)).status_code == 403
    assert (await queries.receiver(installation.services.reader, 1, receiver)).state is ReceiverState.ACTIVE


async def test_a_double_click_makes_one_receiver(installation: Opened, enter: Enter) -> None:
    client = await enter("admin")
    page = (await client.get(NEW)).text
    form = {"_token": token_in(page), "_key": key_in(page), "name": "收银台", "url": URL, "kinds": "*"}
    shown = [(await client.post(NEW, data=form)).text for _ in range(2)]
    secrets = [text.split('data-copy="')[1].split('"')[0] for text in shown]
    assert secrets[0] == secrets[1]
    assert len((await queries.receivers(installation.services.reader, 1, Order())).items) == 1


class Reader:
    """What ``trouble`` asks of a page: the words."""

    def _(self, text: str) -> str:
        return text


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (None, None),
        ("HTTP status 503", "It answered with HTTP status 503."),
        ("no answer within 10 s", "It did not answer within 10 seconds."),
        ("ConnectError: refused", "It could not be reached."),
        ("field.sealed_unknown", "It could not be sent: field.sealed_unknown"),
    ],
)
def test_a_problem_is_put_in_words(problem: str | None, text: str | None) -> None:
    pages: Pages = Reader()  # pyright: ignore[reportAssignmentType]
    assert trouble(problem, pages) == text
