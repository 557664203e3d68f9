"""The draws that somebody may join, is in, or has won."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.reward.draws import queries, service
from canglian.bank.reward.draws.commands import ClaimPrize, JoinDraw
from canglian.bank.reward.draws.model import ConditionKind, Draw, DrawEntrant, DrawState, DrawWin, PrizeKind, WinState
from canglian.bank.reward.draws.wording import basis_missing, standing
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.bank.wallet.mobile.owning import identified_wallets, own_wallet, wallet_service
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.values import utc_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

AT = "/m/draws"
RESULTS_MAX = 100
"""How many winners a page shows."""


@get("/draws", guards=[signed_in])
async def draws_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What is on now, and the draws that this person is in."""
    reader, book, now = services.reader, person.book, utc_now()
    found = [] if person.party is None else await queries.of_party(reader, book, person.party)
    entered = {draw.id for draw, _ in found}
    joinable = await queries.on_now(reader, book, now)
    return pages.render(
        "reward/mobile/draws.html",
        mine=[(draw, standing(draw, now, pages._, is_in=True)) for draw, _ in found],
        open=[draw for draw in joinable if draw.id not in entered],
    )


@get("/draws/{draw:str}", guards=[signed_in])
async def draw_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    draw: FromPath[str],
) -> Response[bytes]:
    """One draw: joining it, the own number, what was won, and how it is checked."""
    return await _show(pages, services, person, draw)


@post("/draws/{draw:str}/join", status_code=200, guards=[signed_in])
async def join(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    draw: FromPath[str],
) -> Response[Any] | Redirect:
    """Join a draw; the key of the form makes sure that it is done once."""
    form = await form_values(pages.request)
    found = await _published(services, person.book, draw)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    command = JoinDraw(draw=found.id, wallet=wallet.id, basis=form.get("basis") or None)
    outcome = await wallet_service(services, person, form).submit_keyed(command)
    if outcome.error is not None:
        return await _show(pages, services, person, draw, outcome.error)
    return Redirect(f"{AT}/{draw}", status_code=303)


@post("/draws/{draw:str}/claim/{draw_win:str}", status_code=200, guards=[signed_in])
async def claim(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    draw: FromPath[str],
    draw_win: FromPath[str],
) -> Response[Any] | Redirect:
    """Claim a prize. NotFound for one that is another's."""
    form = await form_values(pages.request)
    found = await queries.win(services.reader, person.book, draw_win)
    if found.draw != draw or person.party is None or found.party != person.party:
        raise NotFound("draw_win.not_found", draw_win=draw_win)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    command = ClaimPrize(win=found.id, wallet=wallet.id, channel="mobile")
    outcome = await wallet_service(services, person, form).submit_keyed(command)
    if outcome.error is not None:
        return await _show(pages, services, person, draw, outcome.error)
    return Redirect(f"{AT}/{draw}", status_code=303)


async def _published(services: Services, book: int, identity: str) -> Draw:
    """A draw that was published. NotFound ``draw.not_found`` for one that was not."""
    found = await queries.draw(services.reader, book, identity)
    if not found.version:
        raise NotFound("draw.not_found", draw=identity)
    return found


async def _show(
    pages: MobilePages, services: Services, person: Person, identity: str, error: CanglianError | None = None
) -> Response[bytes]:
    reader, book, now = services.reader, person.book, utc_now()
    draw = await _published(services, book, identity)
    party = person.party
    entrant = None if party is None else await queries.entrant(reader, book, identity, party)
    wins = [] if party is None else await queries.own_wins(reader, book, party, identity)
    joins = draw.state is DrawState.PUBLISHED and draw.joins_from <= now < draw.joins_until
    able = await identified_wallets(services, person)
    basis, reason = await _basis(pages, services, person, draw, entrant)
    if not able:
        reason = pages._("A draw is joined with a wallet that knows who you are.")
    last = None if entrant is None else entrant.positions[-1]
    return pages.render(
        "reward/mobile/draw.html",
        error=error,
        draw=draw,
        book=book,
        words=standing(draw, now, pages._, is_in=entrant is not None),
        entrant=entrant,
        link="" if last is None else await queries.link_at(reader, book, identity, last),
        wins=wins,
        codes=_codes(services, draw, wins),
        wallets=[wallet for wallet in able if wallet.asset == draw.asset],
        pays_money=any(prize.kind is PrizeKind.BENEFIT for prize in draw.prizes),
        joining=able,
        joins=joins and draw.condition.kind is not ConditionKind.LIST,
        may_join=not reason,
        reason=reason,
        basis=basis,
        results=await queries.wins_of(reader, book, identity, RESULTS_MAX),
    )


async def _basis(
    pages: MobilePages, services: Services, person: Person, draw: Draw, entrant: DrawEntrant | None
) -> tuple[str, str]:
    """The payment or coupon with which somebody joins next, and why they cannot."""
    missing = basis_missing(draw, pages._)
    if entrant is not None and len(entrant.positions) >= draw.per_person:
        return "", pages._("You are in.")
    if not missing or person.party is None:
        return "", ""
    used = () if entrant is None else entrant.bases
    found = await queries.bases(services.reader, person.book, draw, person.party)
    left = [basis for basis in found if basis not in used]
    return (left[0], "") if left else ("", missing)


def _codes(services: Services, draw: Draw, wins: list[DrawWin]) -> dict[str, str]:
    """The codes of goods that were claimed and not collected yet, by the wins' ids."""
    return {
        win.id: spaced(service.code_of(services.keyring, win.id))
        for win in wins
        if win.state is WinState.CLAIMED and win.prize and draw.prizes[win.prize - 1].kind is PrizeKind.GOODS
    }


def spaced(digits: str) -> str:
    """Digits as they are read aloud."""
    return f"{digits[:4]} {digits[4:]}"


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where something can be joined or claimed."""
    reader, book, now = services.reader, person.book, utc_now()
    won = 0 if person.party is None else await queries.to_claim(reader, book, person.party, now)
    if not won and not await queries.on_now(reader, book, now, 1):
        mine = [] if person.party is None else await queries.of_party(reader, book, person.party, 1)
        if not mine:
            return []
    return [HomeRow(AT, "Draws", "gift", str(won) if won else "", is_name=False)]


handlers = (draws_page, draw_page, join, claim)
