"""What moved some accounts last: newest first, each with its sign, and no more than was asked for."""

from canglian.app.opening import Opened
from canglian.ledger.commands import Line, OpenAccount, PostTransfers
from canglian.ledger.queries.flows import movements


async def test_movements_of_several_accounts_stand_together_newest_first(installation: Opened) -> None:
    engine, reader = installation.services.engine, installation.services.reader
    for floor in (None, 0, 0):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", name="x", floor=floor), actor="test")
    lines = [
        Line(debit=1, credit=2, amount=100, code="a"),
        Line(debit=1, credit=3, amount=50, code="b"),
        Line(debit=2, credit=3, amount=30, code="c"),
    ]
    await engine.execute(1, PostTransfers(lines=lines), actor="test")
    found = await movements(reader, 1, [2, 3])
    assert [(each.transfer, each.account, each.amount) for each in found] == [
        (3, 2, -30),
        (3, 3, 30),
        (2, 3, 50),
        (1, 2, 100),
    ]
    assert [each.transfer for each in await movements(reader, 1, [2, 3], limit=2)] == [3, 3]
    assert await movements(reader, 1, []) == []
