"""The benchmarks of settlement in small: damage is found, and a day that is killed ends as one that is not."""

from pathlib import Path

from canglian.app.bench.serving import Product
from canglian.bank.settlement.bench import eod, reconcile


def test_the_engine_and_the_outer_join_find_the_damage_and_nothing_else(tmp_path: Path) -> None:
    report = reconcile.run(tmp_path, reconcile.TINY)
    exact = report.bars[:5]
    assert [bar.name for bar in exact if not bar.holds] == []
    assert report.figures["damages"] == 10 * reconcile.TINY.damages


def test_a_day_that_is_killed_at_random_steps_ends_as_one_that_is_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    report = eod.run(tmp_path, eod.TINY, Product())
    assert [bar.name for bar in report.bars if not bar.holds] == []
    assert report.figures["differing"] == []
    assert report.figures["compared"]["settlement"] == eod.TINY.merchants
    wanted = {"state": "open", "lines": eod.TINY.merchants // 2 - 1, "differences": 2}
    assert report.figures["reconciled"] == wanted, "half came by the channel, which lacks one and has a fen too much"
