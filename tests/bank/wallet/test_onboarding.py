"""People taken on from a file: each line by itself, once, sealed, and the same again after a kill."""

import asyncio
import csv
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from canglian.bank.deposit import BindingState, BoundAccount, DepositAccount, ProductClass
from canglian.bank.deposit.commands.opening import Row as DepositRow
from canglian.bank.party import Level, OpeningState, Party, RemoteOpening
from canglian.bank.party.commands import AddListEntry
from canglian.bank.party.model import Colour, OpeningStep, PartyDocument
from canglian.bank.wallet import Wallet, WalletKind
from canglian.bank.wallet.commands.opening import Row as WalletRow
from canglian.bank.wallet.onboarding import COLUMNS, Asked, Summary, onboard, reading
from canglian.bank.wallet.onboarding.reading import Reader, Rows
from canglian.bank.wallet.onboarding.sealing import ProcessSealing
from canglian.kernel import MemoryStore
from canglian.kernel.errors import Malformed
from canglian.kernel.records import CommandLine
from canglian.ledger.importing.mapping import Format
from canglian.ledger.importing.reading import CsvFile
from tests.bank.deposit.holders import KEYRING
from tests.bank.party.people import identity, subject
from tests.bank.wallet.purses import Purses
from tests.serving import PATIENCE

NAME = "欧阳晓燕"


def line(serial: int, **fields: str) -> dict[str, str]:
    """Somebody whom a village has verified."""
    values = {
        "name": NAME,
        "number": identity(serial),
        "mobile": f"1390013{serial:04d}",
        "account": f"622202020011{serial:07d}",
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
        "document_digest": "a" * 64,
        "face_score": "9300",
        "face_reference": f"face-{serial}",
        "face_digest": "b" * 64,
        "elements": "5",
        "elements_reference": f"el-{serial}",
        "code_reference": f"sms-{serial}",
        "bank": "新城农村商业银行",
    }
    return {**values, **fields}


def written(path: Path, *lines: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        names = [*COLUMNS, *(name for name in lines[0] if name not in COLUMNS)]
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(lines)
    return path


async def run(branch: Purses, file: Path, asked: Asked | None = None, **more: Any) -> tuple[Summary, list[Any]]:
    outcomes = file.with_suffix(".outcomes")
    options: dict[str, Any] = {"actor": "cli:ann", "outcomes": outcomes, "chunk_lines": 2, **more}
    summary = await onboard(branch.engine, KEYRING, 1, file, asked or Asked(), **options)
    with outcomes.open(encoding="utf-8", newline="") as stream:
        return summary, list(csv.DictReader(stream))


def rows(branch: Purses, kind: Any) -> list[Any]:
    return list(branch.engine.store.rows[1][kind].values())  # pyright: ignore[reportAttributeAccessIssue]


async def test_everybody_gets_a_party_an_account_a_bound_account_and_a_wallet(branch: Purses, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", *(line(serial) for serial in (1, 2, 3)))
    summary, outcomes = await run(branch, file, Asked(within="village:9"))
    assert (summary.lines, summary.opened, summary.refused, summary.malformed) == (3, 3, 0, 0)
    assert summary.ok
    assert [(outcome["line"], outcome["outcome"]) for outcome in outcomes] == [
        ("2", "opened"),
        ("3", "opened"),
        ("4", "opened"),
    ]
    for outcome in outcomes:
        party = await branch.get(Party, outcome["party"])
        deposit = await branch.get(DepositAccount, outcome["deposit_account"])
        wallet = await branch.get(Wallet, outcome["wallet"])
        assert party.level is Level.REMOTE
        assert (deposit.party, deposit.product_class, deposit.level) == (party.id, ProductClass.CLASS2, Level.REMOTE)
        assert (wallet.party, wallet.deposit, wallet.account) == (party.id, deposit.id, deposit.account)
        assert (wallet.kind, wallet.within) == (WalletKind.EWALLET, "village:9")
    assert [opening.state for opening in rows(branch, RemoteOpening)] == [OpeningState.ACTIVE] * 3
    assert [bound.state for bound in rows(branch, BoundAccount)] == [BindingState.ACTIVE] * 3
    assert len(rows(branch, OpeningStep)) == 15
    assert len({wallet.number_index for wallet in rows(branch, Wallet)}) == 3


async def test_an_ecny_wallet_stands_beside_the_account(branch: Purses, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", line(1))
    summary, outcomes = await run(branch, file, Asked(product="wallet.ecny2"))
    assert summary.opened == 1
    wallet = await branch.get(Wallet, outcomes[0]["wallet"])
    deposit = await branch.get(DepositAccount, outcomes[0]["deposit_account"])
    assert (wallet.tier, wallet.asset, deposit.asset) == (2, "ECNY", "CNY")
    assert wallet.account != deposit.account


@pytest.mark.parametrize(
    ("fields", "outcome", "code"),
    [
        (
            {"number": identity(2)[:-1] + ("0" if identity(2)[-1] != "0" else "1")},
            "malformed",
            "party.identity_checksum",
        ),
        ({"mobile": "12345"}, "malformed", "party.mobile_form"),
        ({"account": "12"}, "malformed", "remote_opening.account_form"),
        ({"name": "<b>"}, "malformed", "party.name_form"),
        ({"valid_from": "yesterday"}, "malformed", "onboarding.field_form"),
        ({"bank": ""}, "malformed", "onboarding.field_form"),
        ({"authority": "新城县公安局 138-0013-8000"}, "malformed", "party.text_personal"),
        ({"face_score": "10001"}, "malformed", "onboarding.field_form"),
        ({"elements": "3"}, "refused", "remote_opening.elements_few"),
        ({"face_score": "7000"}, "refused", "onboarding.step_failed"),
        ({"valid_until": "2020-06-01"}, "refused", "party_document.expired"),
        ({"number": identity(1)}, "refused", "party.number_taken"),
    ],
)
async def test_a_line_that_is_not_taken_leaves_nothing_and_does_not_touch_the_others(
    branch: Purses, tmp_path: Path, fields: dict[str, str], outcome: str, code: str
) -> None:
    blank = {"valid_until": ""}
    lines = [line(1, **blank), line(2, **{**blank, **fields}), line(3, **blank), line(4, **blank)]
    summary, outcomes = await run(branch, written(tmp_path / "a.csv", *lines), chunk_lines=4)
    assert [outcome["outcome"] for outcome in outcomes] == ["opened", outcome, "opened", "opened"]
    assert outcomes[1]["code"] == code
    assert outcomes[1]["party"] == outcomes[1]["wallet"] == ""
    assert (summary.opened, summary.refused + summary.malformed, summary.ok) == (3, 1, False)
    for kind in (Party, RemoteOpening, DepositAccount, BoundAccount, Wallet):
        assert len(rows(branch, kind)) == 3, kind


async def test_who_is_on_a_list_is_not_taken_on_by_a_file(branch: Purses, tmp_path: Path) -> None:
    for serial, colour in ((1, Colour.BLACK), (2, Colour.GREY)):
        await branch.do(AddListEntry(colour=colour, subject=subject(identity(serial)), reason="案件"))
    _, outcomes = await run(branch, written(tmp_path / "a.csv", *(line(serial) for serial in (1, 2, 3))))
    assert [outcome["code"] for outcome in outcomes] == ["onboarding.rejected", "onboarding.review_needed", ""]
    assert len(rows(branch, Party)) == 1


async def test_nothing_personal_is_told_or_logged(branch: Purses, tmp_path: Path) -> None:
    lines = [line(1), line(1), line(2, mobile="13900130009x")]
    await run(branch, written(tmp_path / "a.csv", *lines))
    stored = str([row for table in branch.engine.store.rows[1].values() for row in table.values()])  # pyright: ignore[reportAttributeAccessIssue]
    text = stored + (tmp_path / "a.outcomes").read_text(encoding="utf-8")
    assert rows(branch, CommandLine)
    for plain in (NAME, *(lines[0][name] for name in ("number", "mobile", "account")), lines[2]["number"]):
        assert plain not in text


async def test_the_same_file_again_changes_nothing_and_tells_the_same(branch: Purses, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", line(1), line(1), line(2, mobile="1"), line(3))
    first, outcomes = await run(branch, file)
    count = len(rows(branch, CommandLine))
    second, again = await run(branch, file, actor="cli:ben")
    assert again == outcomes
    assert (first.opened, first.refused, first.malformed) == (second.opened, second.refused, second.malformed)
    assert (first.repeated, second.repeated) == (0, 4)
    assert len(rows(branch, CommandLine)) == count


async def test_what_was_broken_off_goes_on_where_it_stopped(branch: Purses, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", *(line(serial) for serial in range(1, 12)))
    reached = asyncio.Event()

    def report(done: int, _total: int) -> None:
        if done >= 4:
            reached.set()

    running = asyncio.create_task(run(branch, file, report=report))
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    there = len(rows(branch, Party))
    assert 4 <= there <= 11
    summary, outcomes = await run(branch, file)
    assert summary.opened == len(outcomes) == 11
    assert summary.repeated >= 4
    assert (
        len(rows(branch, Party)) == len(rows(branch, Wallet)) == len({outcome["party"] for outcome in outcomes}) == 11
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
async def test_a_file_from_a_spreadsheet_is_read(branch: Purses, tmp_path: Path, encoding: str) -> None:
    days = ("2020/1/31", "2020.01.31", "20200131", "2020年1月31日", "2020-01-31 00:00:00", "２０２０／１／３１")
    ends = ("长期", "2040/1/31", "20400131", "", "长期有效", "长 期")
    lines = [
        line(serial, valid_from=day, valid_until=end) for serial, (day, end) in enumerate(zip(days, ends, strict=True))
    ]
    file = written(tmp_path / "a.csv", *lines)
    text = file.read_text("utf-8") + "," * len(lines[0]) + "\r\n"
    file.write_bytes(text.replace("name,", " name ,", 1).encode(encoding))
    summary, told = await run(branch, file)
    assert (summary.opened, summary.lines, summary.blank_lines, summary.file_lines) == (6, 6, 1, 8)
    assert [row["outcome"] for row in told] == ["opened"] * 6
    documents = {document.valid_until for document in rows(branch, PartyDocument)}
    assert {document.valid_from for document in rows(branch, PartyDocument)} == {date(2020, 1, 31)}
    assert documents == {None, date(2040, 1, 31)}


@pytest.mark.parametrize("day", ["31/1/2020", "2020/1-31", "2020131", "43861", "1/2", "2020年1月"])
async def test_a_day_that_could_be_another_is_refused(branch: Purses, tmp_path: Path, day: str) -> None:
    _, told = await run(branch, written(tmp_path / "a.csv", line(1, valid_from=day)))
    assert told[0]["code"] == "onboarding.field_form"


async def test_who_could_not_be_read_in_an_earlier_run_is_taken_on_by_the_next(
    branch: Purses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "a.csv", line(1), line(2, valid_from="2020/1/31"), line(3), line(4, mobile="1"))
    with monkeypatch.context() as earlier:
        earlier.setattr(reading, "_DAYS", ())
        first, _ = await run(branch, file)
    assert (first.opened, first.malformed) == (2, 2)
    for _ in range(2):
        summary, told = await run(branch, file)
        assert [row["outcome"] for row in told] == ["opened", "opened", "opened", "malformed"]
        assert summary.opened == len(rows(branch, Party)) == len({row["wallet"] for row in told} - {""}) == 3


async def test_a_file_without_a_column_is_not_begun(branch: Purses, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,number\n张三,1\n", encoding="utf-8")
    with pytest.raises(Malformed, match="mobile"):
        await run(branch, file)
    assert rows(branch, Party) == []


async def test_a_file_that_has_a_column_twice_is_not_begun(branch: Purses, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", line(1, valid_until="2040-01-31"))
    text = (
        file.read_text("utf-8")
        .replace("valid_until", "valid_until,valid_until", 1)
        .replace("2040-01-31", "2040-01-31,长期")
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Malformed, match=r"import\.column_twice"):
        await run(branch, file)
    assert rows(branch, Party) == []


async def test_the_business_date_and_not_the_clock_says_who_is_born(branch: Purses, tmp_path: Path) -> None:
    born = identity(1, born=f"{branch.engine.store.states[1].today:%Y%m%d}")  # pyright: ignore[reportAttributeAccessIssue]
    _, outcomes = await run(branch, written(tmp_path / "a.csv", line(1, number=born)))
    assert outcomes[0]["code"] == "party.identity_birthday"


async def test_another_process_seals_a_large_file_and_it_comes_to_the_same(branch: Purses, tmp_path: Path) -> None:
    wrong = line(2, mobile="1"), line(3, valid_from="once")
    lines = [line(1), line(1), wrong[0], line(4), wrong[1], line(5), line(6)]
    file = written(tmp_path / "a.csv", *lines)
    first, outcomes = await run(branch, file, process_lines=1)
    assert [row["outcome"] for row in outcomes] == [
        *("opened", "refused"),
        *("malformed", "opened"),
        *("malformed", "opened"),
        "opened",
    ]
    count = len(rows(branch, CommandLine))
    second, again = await run(branch, file)
    assert again == outcomes
    assert (first.opened, first.repeated, second.opened, second.repeated) == (4, 0, 4, 7)
    assert len(rows(branch, CommandLine)) == count


async def test_what_is_sealed_beside_is_sealed_alike(branch: Purses, tmp_path: Path) -> None:
    lines = list(CsvFile(written(tmp_path / "a.csv", line(1), line(2, mobile="1")), Format()).lines(list(COLUMNS)))
    reader = Reader(KEYRING, list(COLUMNS), branch.engine.store.states[1].today, "onboard:x")  # pyright: ignore[reportAttributeAccessIssue]
    numbers = Rows(DepositRow(1, 9, "621999"), WalletRow(1, 9, "8806"))
    beside = await ProcessSealing.start(reader)
    found = await asyncio.gather(*(beside.people(lines, place, numbers) for place in (0, 4)))
    await beside.close()
    for place, people in zip((0, 4), found, strict=True):
        wanted = reader.people(lines, place, numbers)
        assert people.people == wanted.people
        assert [(number, str(problem)) for number, problem in people.problems] == [
            (number, str(problem)) for number, problem in wanted.problems
        ]


async def test_a_run_whose_sealing_process_is_killed_ends_and_can_be_begun_again(
    branch: Purses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[ProcessSealing] = []
    start = ProcessSealing.start

    async def starting(reader: Reader) -> ProcessSealing:
        started.append(await start(reader))
        return started[0]

    monkeypatch.setattr(ProcessSealing, "start", starting)
    file = written(tmp_path / "a.csv", *(line(serial) for serial in range(1, 41)))

    def report(_done: int, _total: int) -> None:
        if started[0].process.returncode is None:
            started[0].process.kill()

    with pytest.raises(RuntimeError, match="process that seals"):
        await run(branch, file, process_lines=1, report=report)
    assert 2 <= len(rows(branch, Party)) < 40
    summary, outcomes = await run(branch, file)
    assert summary.opened == len(outcomes) == len(rows(branch, Party)) == 40


def test_the_sealing_process_ends_with_the_one_that_started_it() -> None:
    program = (
        "import asyncio, datetime\n"
        "from canglian.bank.wallet.onboarding.reading import COLUMNS, Reader\n"
        "from canglian.bank.wallet.onboarding.sealing import ProcessSealing\n"
        "from canglian.kernel.crypto import Keyring\n"
        "async def main():\n"
        "    reader = Reader(Keyring({'1': bytes(32)}, bytes(32)), list(COLUMNS), datetime.date(2026, 1, 5), 'x')\n"
        "    sealing = await ProcessSealing.start(reader)\n"
        "    print(sealing.process.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        process.kill()
        process.wait()
    child.wait(timeout=PATIENCE)
    assert not child.is_running()


class SlowToKnow(MemoryStore):
    """Takes its time over what it is asked first of the chunks."""

    slow = True

    async def known(self, book: int, keys: Iterable[str]) -> dict[str, CommandLine]:
        asked = list(keys)
        if self.slow and any(key.endswith(":0") for key in asked):
            self.slow = False
            await asyncio.sleep(0.2)
        return await super().known(book, asked)


async def test_who_stands_in_a_file_twice_is_taken_on_where_they_stand_first(tmp_path: Path) -> None:
    branch = Purses(SlowToKnow())
    await branch.open()
    _, outcomes = await run(branch, written(tmp_path / "a.csv", line(1), line(2), line(2), line(1)))
    await branch.engine.stop()
    assert [row["outcome"] for row in outcomes] == ["opened", "opened", "refused", "refused"]


async def test_a_chunk_without_people_lets_nobody_pass(tmp_path: Path) -> None:
    branch = Purses(SlowToKnow())
    await branch.open()
    nobody = line(3, mobile="1"), line(4, mobile="1")
    _, outcomes = await run(branch, written(tmp_path / "a.csv", line(1), line(2), *nobody, line(2), line(1)))
    await branch.engine.stop()
    assert [row["outcome"] for row in outcomes] == ["opened", "opened", "malformed", "malformed", "refused", "refused"]
