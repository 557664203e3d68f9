"""Setting a book up, and moving its business date."""

from datetime import date

import msgspec
import pytest

from canglian.ledger import Asset, Head, HeadClass, Side
from canglian.ledger.chart import ASSETS, HEADS
from canglian.ledger.commands import CloseDay, DefineAsset, DefineHead, OpenBook, PostTransfer
from tests.ledger.branch import TODAY, Branch


async def test_a_new_book_has_its_assets_and_a_banks_chart_once(branch: Branch) -> None:
    before = branch.trace()
    await branch.do(OpenBook())
    assert branch.trace() == before
    assert branch.store.rows[1][Asset] == {asset.code: asset for asset in ASSETS}
    assert branch.store.rows[1][Head] == {head.code: head for head in HEADS}


async def test_an_asset_is_defined_once(branch: Branch) -> None:
    points = await branch.do(DefineAsset(code="PTS:xincheng", name="新城积分", scale=0))
    assert points == Asset("PTS:xincheng", "新城积分", 0)
    assert await branch.refused(DefineAsset(code="PTS:xincheng", name="x")) == (
        "asset.exists", {"asset": "PTS:xincheng"},
    )  # fmt: skip


async def test_a_head_is_defined_once(branch: Branch) -> None:
    head = DefineHead(code="2012001", name="卡", head_class=HeadClass.LIABILITY, normal_side=Side.CREDIT)
    assert await branch.do(head) == Head("2012001", "卡", HeadClass.LIABILITY, Side.CREDIT)
    assert await branch.refused(head) == ("head.exists", {"head": "2012001"})


async def test_the_day_moves_forward_only_and_transfers_carry_it(branch: Branch) -> None:
    customer = await branch.account()
    assert (await branch.pay(branch.vault, customer, 5)).date == TODAY
    assert await branch.do(CloseDay(next_day=date(2026, 1, 8))) == date(2026, 1, 8)
    assert (await branch.pay(branch.vault, customer, 5)).date == date(2026, 1, 8)
    for day in (date(2026, 1, 8), date(2026, 1, 7)):
        assert await branch.refused(CloseDay(next_day=day)) == (
            "book.day_not_later", {"today": "2026-01-08", "asked": day.isoformat()},
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0}, {"amount": -1}, {"amount": 10**15 + 1}, {"amount": 1.5}, {"amount": "5"}, {"amount": True},
        {"debit": 0}, {"credit": 2**63}, {"code": "Pay"}, {"code": ""}, {"code": "x" * 49}, {"asset": "cny"},
        {"reference": ""}, {"reference": "a\x00"}, {"reference": "a\n"}, {"reference": "x" * 121},
        {"metadata": {"a b": "x"}}, {"metadata": {"a": "x\x00"}}, {"metadata": {"a": 1}},
        {"metadata": {str(n): "" for n in range(21)}}, {"happened_at": "2026-01-01T00:00:00"}, {"colour": "red"},
    ],
    ids=str,
)  # fmt: skip
def test_fields_that_no_transfer_may_have_are_not_read(change: dict[str, object]) -> None:
    fields = {"debit": 1, "credit": 2, "amount": 5, "code": "pay"}
    assert msgspec.convert(fields, PostTransfer) == PostTransfer(debit=1, credit=2, amount=5, code="pay")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({**fields, **change}), type=PostTransfer)
