"""The benchmark of rewards in small: what it finds is what brute force finds."""

from pathlib import Path

from canglian.app.bench.serving import Product
from canglian.bank.reward.bench import flash, promotion


def test_every_basket_has_the_combination_of_brute_force(tmp_path: Path) -> None:
    report = promotion.run(tmp_path, promotion.TINY)
    assert all(bar.holds for bar in report.bars[1:])
    assert report.figures["oscar"]["queries_of_a_quote"] > 0
    assert report.figures["baskets"] == promotion.TINY.baskets
    assert report.figures["fen_lost_in_order"] > 0


def test_a_flash_sale_gives_out_its_stock_exactly_and_so_do_its_rivals(folder: Path) -> None:
    report = flash.run(folder, flash.TINY, Product())
    winners, false_refusals = report.bars[2:]
    assert winners.holds
    assert false_refusals.holds
    assert report.figures["rivals_unlike"] == 0
    assert report.figures["http"]["winners"] == flash.TINY.coupons
