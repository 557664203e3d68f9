"""What draws need beside decisions: seeds made and kept sealed, the beacon asked, a proof computed again."""

import asyncio
import secrets

from canglian.bank.reward.draws import beacon, drawing, proof, queries
from canglian.bank.reward.draws.commands import (
    ConfirmDraw,
    DrawByBeacon,
    FreezeDraw,
    RevealDraw,
)
from canglian.bank.reward.draws.commands.holding import result_of
from canglian.bank.reward.draws.commands.values import Beat, CommittedSeed
from canglian.bank.reward.draws.model import SEED, Beacon, Draw, DrawState, EntropyKind
from canglian.bank.reward.typed_codes import service as typed_codes
from canglian.kernel.command import Command
from canglian.kernel.crypto import Keyring, same_secret
from canglian.kernel.errors import Malformed, Rejection, Unavailable
from canglian.web.services import Services

CODE = "draw.prize"
DIGITS = 8


def new_seed(keyring: Keyring, request: str | None) -> CommittedSeed:
    """A seed that nobody has seen, with its hash. The same request makes the same one."""
    if request is None:
        seed = secrets.token_hex(32)
    else:
        seed = "".join([f"{keyring.keyed_number(f'{request}:{half}', SEED):032x}" for half in (1, 2)])
    return CommittedSeed(drawing.commitment(seed), keyring.seal(seed, SEED, request=request))


async def bank_seed(services: Services, book: int, draw: str) -> str:
    """The bank's seed of a draw whose outcome nobody changes any more. Rejects ``draw.state``."""
    found = await queries.draw(services.reader, book, draw)
    if found.state is not DrawState.DRAWN:
        raise Rejection("draw.state", draw=draw, state=found.state.value)
    return services.keyring.open((await queries.seed(services.reader, book, draw)).own, SEED)


async def second_seed(services: Services, book: int, draw: str, typed: str | None) -> str:
    """The second office's seed: as it was typed, or as it is kept. Rejects ``draw.seed_elsewhere``, ``draw.state``."""
    if typed is not None:
        return typed
    found = await queries.draw(services.reader, book, draw)
    if found.state is not DrawState.FROZEN:
        raise Rejection("draw.state", draw=draw, state=found.state.value)
    kept = (await queries.seed(services.reader, book, draw)).second
    if kept is None:
        raise Rejection("draw.seed_elsewhere", field="secret")
    return services.keyring.open(kept, SEED)


async def chain(services: Services) -> Beacon:
    """The chain of the beacon that is connected. Rejects ``draw.no_beacon``."""
    return await beacon.chain(services.settings)


async def beat(services: Services, book: int, draw: str) -> Beat:
    """The round of the beacon that decides a frozen draw. Unavailable ``outside.away`` before it is there."""
    found = await queries.draw(services.reader, book, draw)
    if found.state is not DrawState.FROZEN:
        raise Rejection("draw.state", draw=draw, state=found.state.value)
    if found.beacon is None or found.deciding_round is None:
        raise Rejection("draw.other_entropy", draw=draw)
    return await beacon.beat(services.settings, found.beacon, found.deciding_round)


async def computed_again(services: Services, book: int, draw: str) -> str:
    """The hash of the winners of a revealed draw, computed from its proof. Rejects ``draw_proof.*``."""
    found = await queries.proof(services.reader, book, draw)
    checked = await asyncio.to_thread(proof.check, found)
    return result_of(checked.winners)


def code_of(keyring: Keyring, win: str) -> str:
    """The digits against which goods are handed over."""
    return keyring.one_time_code(CODE, win, DIGITS)


async def proves(services: Services, book: int, win: str, typed: str, actor: str) -> bool:
    """Whether somebody has shown the code of a prize. Busy ``typed_code.often`` after too many wrong ones."""
    await typed_codes.check(services, book, win)
    right = same_secret("".join(typed.split()), code_of(services.keyring, win))
    await typed_codes.count(services, book, win, actor, right=right)
    return right


async def next_step(services: Services, book: int, draw: Draw) -> Command[Draw] | None:
    """What the clock does next with a draw that is due; None where it has to wait for somebody."""
    if draw.state is DrawState.PUBLISHED:
        return FreezeDraw(draw=draw.id)
    try:
        if draw.state is DrawState.FROZEN and draw.entropy is EntropyKind.DRAND:
            return DrawByBeacon(draw=draw.id, beat=await beat(services, book, draw.id))
        if draw.state is DrawState.DRAWN:
            return RevealDraw(draw=draw.id, seed=await bank_seed(services, book, draw.id))
        if draw.state is DrawState.REVEALED:
            return ConfirmDraw(draw=draw.id, result_hash=await computed_again(services, book, draw.id))
    except (Malformed, Rejection, Unavailable):
        return None
    return None
