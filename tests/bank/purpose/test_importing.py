"""Grants from a file: every line has its outcome, a run that was killed goes on, nobody is granted anything twice."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from canglian.bank.purpose import PurposeContract, PurposeGrant, importing
from canglian.bank.purpose.commands import SuspendPurposeContract
from canglian.bank.purpose.importing import Summary, Target
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.commands import CloseWallet
from tests.bank.purpose.funds import Funds

NUMBERS = {f"62{n:014}": n for n in range(30)}
"""Numbers of wallets, and whose they are."""


class KilledError(Exception):
    """What a test throws into a run."""


class Village:
    """People with wallets, and a contract for them."""

    def __init__(self, branch: Funds) -> None:
        self.branch = branch
        self.people: list[Wallet] = []

    async def begin(self, people: int, amount: int = 100_000) -> PurposeContract:
        payer = await self.branch.ecny(2, amount, serial=900)
        self.people = [await self.branch.ecny(2, serial=serial) for serial in range(1, people + 1)]
        self.contract = await self.branch.funded(payer, amount)
        return self.contract

    async def find(self, numbers: list[str]) -> Mapping[str, str]:
        return {number: self.people[NUMBERS[number]].id for number in numbers if number in NUMBERS}

    async def run(self, file: Path, **more: Any) -> Summary:
        target = Target(self.contract.id, "ECNY", further=more.pop("further", False))
        asked: dict[str, Any] = {"actor": "teller", "chunk_lines": 4, **more}
        return await importing.import_grants(self.branch.engine, 1, target, file, self.find, **asked)

    async def granted(self) -> list[tuple[str, int]]:
        found: list[PurposeGrant] = await self.branch.rows(PurposeGrant, contract=self.contract.id)
        return sorted((grant.holder, grant.amount) for grant in found)


@pytest.fixture
def village(branch: Funds) -> Village:
    return Village(branch)


def written(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("wallet,amount\n" + "".join(f"{wallet},{amount}\n" for wallet, amount in rows), encoding="utf-8")
    return path


async def test_each_line_has_its_outcome(branch: Funds, village: Village, tmp_path: Path) -> None:
    await village.begin(6, 1_500)
    people = village.people
    await branch.do(CloseWallet(wallet=people[3].id, reason="本人申请", channel="counter"))
    names = list(NUMBERS)
    rows = [
        (people[0].id, "1.00"),
        (names[1], "2"),
        (people[0].id, "3.00"),
        (people[2].id, "0"),
        (people[3].id, "1.00"),
        ("6299999999999999", "1.00"),
        (people[4].id, "20.00"),
        (people[5].id, "12.00"),
        (names[5], "0.10"),
    ]
    outcomes = tmp_path / "outcomes.csv"
    summary = await village.run(written(tmp_path / "a.csv", rows), outcomes=outcomes)
    assert (summary.lines, summary.issued, summary.refused, summary.repeated) == (9, 3, 6, 0)
    with outcomes.open(encoding="utf-8") as file:
        found = {int(row["line"]): row["code"] or row["outcome"] for row in csv.DictReader(file)}
    assert found == {
        2: "issued",
        3: "issued",
        4: "purpose_grant.twice",
        5: "purpose_list.amount",
        6: "wallet.closed",
        7: "purpose_list.wallet",
        8: "purpose_contract.unallotted",
        9: "issued",
        10: "purpose_grant.twice",
    }
    assert await village.granted() == sorted([(people[0].id, 100), (people[1].id, 200), (people[5].id, 1_200)])
    await branch.require_conserved()


@pytest.mark.parametrize("killed_at", range(1, 7))
async def test_a_run_that_was_killed_goes_on_and_nobody_has_two(
    branch: Funds, village: Village, tmp_path: Path, killed_at: int
) -> None:
    await village.begin(24)
    names = list(NUMBERS)
    rows = [(names[n] if n % 2 else village.people[n].id, "1.00") for n in range(24)]
    file = written(tmp_path / "a.csv", [*rows, rows[0]])
    chunks = 0

    def kill(done: int, total: int) -> None:
        nonlocal chunks
        chunks += 1
        if chunks == killed_at:
            raise KilledError

    with pytest.raises(KilledError):
        await village.run(file, report=kill)
    before = await village.granted()
    assert before
    summary = await village.run(file)
    assert (summary.issued, summary.refused) == (24, 1)
    assert summary.repeated >= len(before)
    assert await village.granted() == sorted((wallet.id, 100) for wallet in village.people)
    again = await village.run(file)
    assert (again.issued, again.repeated >= 24) == (24, True)
    assert len(await village.granted()) == 24
    await branch.require_conserved()


async def test_a_contract_that_is_suspended_meanwhile_grants_nothing_more(
    branch: Funds, village: Village, tmp_path: Path
) -> None:
    contract = await village.begin(4)
    first = written(tmp_path / "a.csv", [(village.people[0].id, "1.00")])
    assert (await village.run(first)).ok
    await branch.do(SuspendPurposeContract(contract=contract.id, reason="核查"))
    second = written(tmp_path / "b.csv", [(wallet.id, "1.00") for wallet in village.people])
    summary = await village.run(second)
    assert (summary.issued, summary.refused) == (0, 4)
    assert len(await village.granted()) == 1


async def test_who_has_a_grant_gets_another_one_only_where_that_is_asked_for(
    branch: Funds, village: Village, tmp_path: Path
) -> None:
    await village.begin(6)
    rows = [(wallet.id, "1.00") for wallet in village.people[:4]]
    first = written(tmp_path / "a.csv", rows)
    assert (await village.run(first)).ok
    saved_again = tmp_path / "b.csv"
    saved_again.write_bytes(first.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    overlapping = written(tmp_path / "c.csv", [*rows[2:], (village.people[4].id, "1.00")])
    outcomes = tmp_path / "outcomes.csv"
    for file, issued, refused in ((saved_again, 0, 4), (overlapping, 1, 2)):
        summary = await village.run(file, outcomes=outcomes)
        assert (summary.issued, summary.refused) == (issued, refused)
        assert outcomes.read_text("utf-8").count("refused,purpose_grant.had") == refused
    assert await village.granted() == sorted((wallet.id, 100) for wallet in village.people[:5])
    again = await village.run(overlapping, further=True)
    assert (again.issued, again.repeated) == (3, 0)
    assert (await village.run(overlapping, further=True)).repeated == 3
    assert len(await village.granted()) == 8
    await branch.require_conserved()


async def test_the_lines_of_a_file_add_up(village: Village, tmp_path: Path) -> None:
    await village.begin(4)
    names = [wallet.id for wallet in village.people]
    file = tmp_path / "a.csv"
    file.write_text(
        f'\ufeff wallet , amount ,note\n\n{names[0]},1.00,"two\nlines"\n{names[1]},"1,0.00",\n,,\n'
        f'{names[2]},1,250.00,\n{names[2]},12,50,\n"{names[3]},1.00,\n{names[1]},1.00,x\n',
        encoding="utf-8",
    )
    summary = await village.run(file)
    assert (summary.issued, summary.refused, summary.lines) == (2, 4, 6)
    assert (summary.file_lines, summary.header_lines, summary.blank_lines, summary.further_lines) == (10, 1, 2, 1)
    assert await village.granted() == sorted([(names[0], 100), (names[1], 100)])
