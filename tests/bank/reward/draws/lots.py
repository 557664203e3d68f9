"""Draws of a branch, and proofs of draws without one."""

import hashlib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.reward.draws import (
    Draw,
    DrawEntry,
    DrawWin,
    EntropyKind,
    Prize,
    PrizeKind,
    drawing,
)
from canglian.bank.reward.draws.commands import (
    ApproveDraw,
    DraftDraw,
    FreezeDraw,
    JoinDraw,
    RevealDraw,
    RevealSecondSeed,
    SubmitDraw,
)
from canglian.bank.reward.draws.commands.values import CommittedSeed
from canglian.bank.reward.draws.proof import Entropy, Proof, Winner, ranking_of
from canglian.bank.wallet import Wallet
from tests.bank.reward.seasons import Season

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_draw.py"
SEED, SECOND, OTHER = "5a" * 32, "c3" * 32, "0f" * 32
FIRST = Prize("一等奖", PrizeKind.BENEFIT, 88_800, 1)
LUCKY = Prize("幸运奖", PrizeKind.BENEFIT, 600, 2)
KETTLE = Prize("电饭煲", PrizeKind.GOODS, 39_900, 1)


class Lots(Season):
    """A branch with draws."""

    async def draft_of(self, **fields: Any) -> DraftDraw:
        """A draw that people join for a day from now, drawn an hour later, and three days later by a public figure."""
        until = self.now + timedelta(days=1)
        asked: dict[str, Any] = {
            "name": "春茶抽奖",
            "summary": "每人一次",
            "prizes": (FIRST, LUCKY),
            "joins_from": self.now,
            "joins_until": until,
            "draws_at": until + timedelta(hours=1),
            "fallback": "上证指数收盘价",
            "fallback_at": until + timedelta(days=3),
            "seed": CommittedSeed(drawing.commitment(SEED), "sealed:1:own"),
            "alternates": 1,
        }
        return DraftDraw(**{**asked, **fields})

    async def published(self, **fields: Any) -> Draw:
        """A draw that a second person has published."""
        drafted: Draw = await self.do(await self.draft_of(**fields))
        await self.do(SubmitDraw(draw=drafted.id))
        second = CommittedSeed(drawing.commitment(SECOND)) if drafted.entropy is EntropyKind.SECOND_SEED else None
        return await self.second(ApproveDraw(draw=drafted.id, second=second))

    async def people(self, count: int, first: int = 1) -> list[Wallet]:
        """The wallets of as many people."""
        return [await self.ewallet(serial) for serial in range(first, first + count)]

    async def joined(self, draw: Draw, wallets: list[Wallet]) -> list[DrawEntry]:
        return [await self.do(JoinDraw(draw=draw.id, wallet=wallet.id)) for wallet in wallets]

    async def frozen(self, people: int = 8, **fields: Any) -> Draw:
        """A draw that so many people have joined, and nobody joins any more."""
        draw = await self.published(**fields)
        await self.joined(draw, await self.people(people))
        self.now = draw.joins_until
        return await self.do(FreezeDraw(draw=draw.id))

    async def drawn(self, people: int = 8, **fields: Any) -> Draw:
        draw = await self.frozen(people, **fields)
        self.now = draw.draws_at
        return await self.second(RevealSecondSeed(draw=draw.id, secret=SECOND))

    async def revealed(self, people: int = 8, **fields: Any) -> Draw:
        draw = await self.drawn(people, **fields)
        return await self.do(RevealDraw(draw=draw.id, seed=SEED))

    async def draw(self, draw: Draw) -> Draw:
        return await self.get(Draw, draw.id)

    async def wins(self, draw: Draw) -> list[DrawWin]:
        return sorted(await self.rows(DrawWin, draw=draw.id), key=lambda win: win.rank)


def number_of(entry: int) -> str:
    """The number of an entry, as it looks."""
    return hashlib.sha256(str(entry).encode()).hexdigest()[:16]


def proof_of(entries: list[str], **rules: Any) -> Proof:
    """A right proof of a draw with second seeds, whose rules are as they are unless ``rules`` says otherwise."""
    published: dict[str, Any] = {
        "format": drawing.FORMAT,
        "draw": "drw_" + "0" * 26,
        "version": 1,
        "name": "春茶抽奖",
        "prizes": [
            {"name": "一等奖", "kind": "benefit", "value": 88_800, "quantity": 1},
            {"name": "幸运奖", "kind": "benefit", "value": 600, "quantity": 3},
        ],
        "alternates": 2,
        "claim_days": 7,
        "joins_until": "2026-12-01T00:00:00Z",
        "draws_at": "2026-12-01T01:00:00Z",
        "beacon": None,
        "round": None,
        "seed_hash": drawing.commitment(SEED),
        "second_hash": drawing.commitment(SECOND),
        **rules,
    }
    return ranked(
        Proof(
            format=drawing.FORMAT,
            rules=published,
            rules_hash=drawing.hash_of(published),
            earlier=(),
            frozen_at=1_796_083_200,
            round=None,
            entries_hash=drawing.chained(published["draw"], entries),
            seed=SEED,
            entropy=Entropy(SECOND),
            figure=None,
            winners=(),
            entries=entries,
        )
    )


def ranked(proof: Proof) -> Proof:
    """A proof with the winners that follow from all the rest."""
    return msgspec.structs.replace(proof, winners=tuple(ranking_of(proof)))


def script_on(folder: Path, proof: Proof) -> tuple[int, str]:
    """What the independent script says of a proof, and how it ends."""
    return run_script(folder, msgspec.json.encode(proof))


def run_script(folder: Path, raw: bytes) -> tuple[int, str]:
    """The same of any file."""
    file = folder / "proof.json"
    file.write_bytes(raw)
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, (done.stdout + done.stderr).strip()


__all__ = ["FIRST", "KETTLE", "LUCKY", "OTHER", "SECOND", "SEED", "Lots", "Winner", "number_of", "proof_of", "ranked"]
