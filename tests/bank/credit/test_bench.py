"""The benchmark of credit in small: whatever it measures comes to the fen that fractions come to."""

from pathlib import Path

from canglian.app.bench.serving import Product
from canglian.bank.credit.bench import credit

TIMED = ("a second", "quotes a second", "seconds")


def test_a_day_that_is_killed_three_times_comes_to_what_fractions_come_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    report = credit.run(tmp_path, credit.TINY, Product())
    exact = [bar for bar in report.bars if not any(word in bar.name for word in TIMED)]
    assert len(exact) == 8
    assert [bar.name for bar in exact if not bar.holds] == []
    assert report.figures["accrual"]["loans"] == credit.TINY.accruing.loans
