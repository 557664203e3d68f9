"""``canglian draw`` and ``draw-win``: beside what can be done, checking a proof and making a seed of one's own."""

import secrets
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Group

from canglian.bank.reward.draws import drawing, queries, signatures
from canglian.bank.reward.draws.actions import DRAWS, WINS
from canglian.bank.reward.draws.proof import Proof, check, read_proof
from canglian.kernel.errors import Malformed, Rejection
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts, table

BYTES_MAX = 2**30


async def verify(
    file: Annotated[Path, typer.Argument(help="The proof of a draw, as it was downloaded.")],
    rules_hash: Annotated[
        str | None, typer.Option("--rules-hash", help="The hash of the rules that you noted before the draw.")
    ] = None,
    entries_hash: Annotated[
        str | None, typer.Option("--entries-hash", help="The hash of the entries that you noted before the draw.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="Your entry number: is it among the entries?")] = None,
) -> Answer:
    """Compute a draw again from its proof, and say what was changed. Needs no installation."""
    proof = read_proof(_bytes(file))
    checked = check(proof)
    for what, noted, found in (
        ("rules", rules_hash, checked.rules_hash),
        ("entries", entries_hash, checked.entries_hash),
    ):
        if noted is not None and noted.lower() != found:
            raise Rejection("draw_proof.published", what=what)
    if number is not None and number not in proof.entries:
        raise Rejection("draw_proof.number", number=number)
    beacon = _beacon(proof)
    prizes = [prize["name"] for prize in proof.rules["prizes"]]
    rows = [
        (row.rank, row.position, row.number, prizes[row.prize - 1] if row.prize else "alternate")
        for row in checked.winners
    ]
    shown = [
        ("draw", f"{checked.name} ({checked.draw})"),
        ("entries", f"{checked.entries:,}"),
        ("hash of the rules", checked.rules_hash),
        ("hash of the entries", checked.entries_hash),
        ("public figure", checked.figure),
        ("signature of the beacon", beacon),
    ]
    answer = {**msgspec.to_builtins(checked), "beacon_signature": beacon, "ok": True}
    winners = table([">rank", ">place", "number", "prize"], rows)
    return Answer(answer, Group(facts(shown, "The draw is as it was published."), "", winners))


async def seed() -> Answer:
    """Make a seed to keep yourself, as the second office: type its hash when you publish, and reveal the seed later."""
    made = secrets.token_hex(32)
    answer = {"seed": made, "hash": drawing.commitment(made)}
    return Answer(answer, facts([("seed, for nobody's eyes until the draw", made), ("its hash", answer["hash"])]))


async def proof(
    context: BookContext,
    draw: Annotated[str, typer.Argument(help="The draw's id.")],
    file: Annotated[Path, typer.Argument(help="The file to be written.")],
) -> Answer:
    """Write the proof of a draw into a file."""
    parts = await queries.proof_file(context.reader, context.book, draw)
    size = 0
    try:
        with file.open("xb") as to:
            async for part in parts:
                size += to.write(part)
    except OSError as error:
        raise Malformed("draw_proof.file", file=file.name, problem=error.strerror or "it failed") from None
    return Answer({"file": str(file), "bytes": size}, facts([("file", str(file)), ("bytes", f"{size:,}")]))


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(BYTES_MAX + 1)
    except OSError as error:
        raise Malformed("draw_proof.file", file=file.name, problem=error.strerror or "it is not there") from None
    if len(raw) > BYTES_MAX:
        raise Malformed("draw_proof.file", file=file.name, problem="it is longer than a gibibyte")
    return raw


def _beacon(proof: Proof) -> str | None:
    """What can be said of the beacon's signature. Rejects ``draw_proof.entropy`` for one that is not the chain's."""
    beacon, entropy = proof.rules["beacon"], proof.entropy
    if beacon is None or entropy is None:
        return None
    found = signatures.verified(beacon["key"], entropy.round or 0, entropy.signature or "")
    if found is False:
        raise Rejection("draw_proof.entropy")
    return "valid" if found else "not looked at: BLS12-381; check it with drand's own tools"


NOUNS = {"draw": Noun(resource=DRAWS, verbs=(verify, seed, proof)), "draw-win": Noun(resource=WINS)}
