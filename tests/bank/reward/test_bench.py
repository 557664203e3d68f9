"""The benchmark of rewards in small: what it finds is what brute force finds."""

from pathlib import Path

from canglian.bank.reward.bench import promotion


def test_every_basket_has_the_combination_of_brute_force(tmp_path: Path) -> None:
    report = promotion.run(tmp_path, promotion.TINY)
    assert report.bars[1].holds
    assert report.figures["baskets"] == promotion.TINY.baskets
    assert report.figures["fen_lost_in_order"] > 0
