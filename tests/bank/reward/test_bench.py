"""The benchmark of rewards in small: what it finds is what brute force finds."""

from pathlib import Path

import pytest

from canglian.app.bench.serving import Product
from canglian.bank.reward.bench import flash, promotion


def test_every_basket_has_the_combination_of_brute_force(tmp_path: Path) -> None:
    report = promotion.run(tmp_path, promotion.TINY)
    assert all(bar.holds for bar in report.bars[1:])
    assert report.figures["baskets"] == promotion.TINY.baskets
    assert report.figures["fen_lost_in_order"] > 0


def test_django_oscar_follows_its_rule_and_never_gives_more_than_the_best() -> None:
    pytest.importorskip("oscar", reason="environments made before it came need `uv sync`")
    beside = promotion.beside_oscar(promotion.TINY)
    assert (beside.unlike, beside.better) == (0, 0)
    assert beside.queries > 0
    assert beside.off > 0


def test_a_flash_sale_gives_out_its_stock_exactly_and_so_do_its_rivals(folder: Path) -> None:
    report = flash.run(folder, flash.TINY, Product())
    winners, false_refusals = report.bars[2:]
    assert winners.holds
    assert false_refusals.holds
    assert report.figures["rivals_unlike"] == 0
    assert report.figures["http"]["winners"] == flash.TINY.coupons
