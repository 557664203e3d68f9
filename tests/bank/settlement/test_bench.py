"""The benchmark of reconciliation in small: the engine and the outer join find the same."""

from pathlib import Path

from canglian.bank.settlement.bench import reconcile


def test_the_engine_and_the_outer_join_find_the_damage_and_nothing_else(tmp_path: Path) -> None:
    report = reconcile.run(tmp_path, reconcile.TINY)
    exact = report.bars[:5]
    assert [bar.name for bar in exact if not bar.holds] == []
    assert report.figures["damages"] == 10 * reconcile.TINY.damages
