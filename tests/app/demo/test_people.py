"""The customers of the demo branch: registered once, verified in every way."""

from canglian.app.opening import Opened
from canglian.bank.party.demo import fill_people
from canglian.kernel.auditing import replay
from canglian.ledger import Book


async def test_the_customers_are_there_once(installation: Opened) -> None:
    services = installation.services
    await fill_people(services, 1)
    before = await services.store.state(1)
    await fill_people(services, 1)
    assert await services.store.state(1) == before
    levels = await services.reader.rows(
        "SELECT kind, level, count(*) FROM party WHERE book = $1 GROUP BY kind, level ORDER BY kind, level", 1
    )
    assert [tuple(row) for row in levels] == [
        ("company", "face_to_face", 4),
        ("company", "none", 2),
        ("person", "face_to_face", 8),
        ("person", "none", 21),
        ("person", "remote", 3),
    ]
    states = await services.reader.rows(
        "SELECT state, count(*) FROM remote_opening WHERE book = $1 GROUP BY state ORDER BY state", 1
    )
    assert [tuple(row) for row in states] == [("active", 3), ("document", 2), ("rejected", 1), ("review", 2)]
    refused = await services.reader.rows("SELECT kind FROM command WHERE book = $1 AND status <> 'applied'", 1)
    assert refused == []


async def test_what_was_decided_about_them_is_decided_alike_again(installation: Opened) -> None:
    await fill_people(installation.services, 1)
    again = await replay(installation.services.store, 1, Book)
    assert again.differences == []
    assert again.rows["party"] == 38
    assert again.rows["remote_opening"] == 8
