"""The benchmark of money for a purpose in small: its bars hold but for those of time and memory."""

from pathlib import Path

from canglian.bank.purpose.bench import purpose


def test_a_contract_of_many_holders_is_issued_once_used_traced_and_ended(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    report = purpose.run(tmp_path, purpose.TINY)
    assert [bar.name for bar in report.bars[:6] if not bar.holds] == []
    assert report.figures["resumed_lines_known"] > 0
