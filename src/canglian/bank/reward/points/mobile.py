"""A person's own points: what they have, what expires next, what came and went, and exchanging them."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.commands import ExchangePoints, SetPointDeduction
from canglian.bank.reward.points.commands.values import Pieces, Place
from canglian.bank.reward.points.model import ExchangeKind, ExchangeRule, PointScheme
from canglian.bank.reward.points.queries import PointMemberWhole
from canglian.bank.reward.points.wording import (
    bounds_in_words,
    deduction_in_words,
    exchange_in_words,
    expiry_in_words,
    rule_in_words,
)
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.bank.wallet.mobile.owning import CHANNEL, identified_wallets, own_wallet, wallet_service
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.errors import CanglianError, NotFound
from canglian.web.console.formats import day, number
from canglian.web.console.forms import read
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

AT = "/m/points"
SHOWN_MAX = 50
"""How many movements a page shows, the newest first."""

PIECES_MAX = 20
"""How many pieces a page offers at once."""


class Asked(msgspec.Struct, frozen=True):
    """What for, and how many pieces."""

    exchange: Place
    pieces: Pieces = 1


class Option(msgspec.Struct, frozen=True):
    """What points can be exchanged for. ``reason`` says why they cannot, where so."""

    place: int
    words: str
    most: int
    wallets: list[WalletView]
    reason: str


@get("/points", guards=[signed_in])
async def points_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """The schemes in which this person has points, and those in which points are earned."""
    rows = [
        (scheme, whole, [rule_in_words(rule, pages._) for rule in scheme.rules])
        for scheme, whole in await _schemes(services, person)
    ]
    return pages.render("reward/mobile/points.html", rows=rows)


async def _schemes(services: Services, person: Person) -> list[tuple[PointScheme, PointMemberWhole | None]]:
    """Schemes with this person's points, those that they have first."""
    reader, book = services.reader, person.book
    own = [] if person.party is None else await queries.members_of(reader, book, person.party)
    found: list[tuple[PointScheme, PointMemberWhole | None]] = [
        (await queries.scheme(reader, book, member.scheme), await queries.member_whole(reader, book, member.id))
        for member in own
    ]
    known = {scheme.id for scheme, _ in found}
    return [*found, *((scheme, None) for scheme in await queries.active(reader, book) if scheme.id not in known)]


@get("/points/{point_scheme:str}", guards=[signed_in])
async def scheme_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    point_scheme: FromPath[str],
) -> Response[bytes]:
    """This person's points of a scheme. NotFound for one that they have nothing of and that is not on."""
    return await _show(pages, services, person, point_scheme)


async def _show(
    pages: MobilePages, services: Services, person: Person, identity: str, error: CanglianError | None = None
) -> Response[bytes]:
    reader, book = services.reader, person.book
    scheme, whole = await _own(services, person, identity)
    movements = [] if whole is None else await queries.movements(reader, book, whole.member, SHOWN_MAX)
    days = [] if whole is None else await queries.expiring_days(reader, book, whole.member.id)
    ever = sum(month.points for month in whole.expiring if month.month is None) if whole is not None else 0
    rules = [(pages._("Earned by"), rule_in_words(rule, pages._)) for rule in scheme.rules]
    return pages.render(
        "reward/mobile/point_scheme.html",
        error=error,
        scheme=scheme,
        whole=whole,
        exchanges=await _options(pages, services, person, scheme, 0 if whole is None else whole.spendable),
        deduction=deduction_in_words(scheme, pages._),
        calendar=[*((day(each.day), each.points) for each in days), *([(pages._("never"), ever)] if ever else [])],
        movements=movements,
        rules=[
            *rules,
            (pages._("Bounds of a person"), bounds_in_words(scheme, pages._)),
            (pages._("Points expire"), expiry_in_words(scheme.expiry, pages._)),
            (pages._("After a refund"), pages._(f"after_refund.{scheme.after_refund.value}")),
        ],
    )


async def _own(services: Services, person: Person, identity: str) -> tuple[PointScheme, PointMemberWhole | None]:
    """A scheme with this person's points of it."""
    for scheme, whole in await _schemes(services, person):
        if scheme.id == identity:
            return scheme, whole
    raise NotFound("point_scheme.not_found", point_scheme=identity)


async def _options(
    pages: MobilePages, services: Services, person: Person, scheme: PointScheme, spendable: int
) -> list[Option]:
    """What this person's points can be exchanged for, with the wallets that may get it."""
    own = await identified_wallets(services, person)
    options: list[Option] = []
    for place, rule in enumerate(scheme.exchanges, 1):
        fitting = [wallet for wallet in own if rule.kind is ExchangeKind.COUPON or wallet.asset == scheme.pays]
        most = min(spendable // rule.points, PIECES_MAX)
        words = exchange_in_words(rule, scheme.pays, pages._)
        options.append(Option(place, words, most, fitting, _reason(pages, rule, spendable, most, fitting)))
    return options


def _reason(pages: MobilePages, rule: ExchangeRule, spendable: int, most: int, fitting: list[WalletView]) -> str:
    """Why somebody cannot exchange, or nothing."""
    if not most:
        return pages._("%(points)s points are missing.") % {"points": number(rule.points - spendable)}
    return "" if fitting else pages._("You have no wallet that can take this.")


@post("/points/{point_scheme:str}/exchange", status_code=200, guards=[signed_in])
async def exchange(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    point_scheme: FromPath[str],
) -> Response[Any] | Redirect:
    """Exchange points; the key of the form makes sure that it is done once."""
    form = await form_values(pages.request)
    scheme, whole = await _own(services, person, point_scheme)
    if whole is None:
        raise NotFound("point_member.not_found", point_member=scheme.id)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    try:
        asked = read({name: form.get(name, "") for name in ("exchange", "pieces")}, Asked)
        command = ExchangePoints(
            member=whole.member.id, wallet=wallet.id, channel=CHANNEL, **msgspec.structs.asdict(asked)
        )
        outcome = await wallet_service(services, person, form).submit_keyed(command)
        done = outcome.unwrap()
    except CanglianError as error:
        return await _show(pages, services, person, point_scheme, error)
    return Redirect(f"{AT}/exchanges/{done.id}", status_code=303)


@post("/points/{point_scheme:str}/deduction", status_code=200, guards=[signed_in])
async def set_deduction(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    point_scheme: FromPath[str],
) -> Response[Any] | Redirect:
    """Have this person's checkout take points off, or no longer."""
    form = await form_values(pages.request)
    _, whole = await _own(services, person, point_scheme)
    if whole is None:
        raise NotFound("point_member.not_found", point_member=point_scheme)
    try:
        command = SetPointDeduction(member=whole.member.id, deducts=form.get("deducts") == "yes")
        (await wallet_service(services, person, form).submit_keyed(command)).unwrap()
    except CanglianError as error:
        return await _show(pages, services, person, point_scheme, error)
    return Redirect(f"{AT}/{point_scheme}", status_code=303)


@get("/points/exchanges/{point_exchange:str}", guards=[signed_in])
async def exchange_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    point_exchange: FromPath[str],
) -> Response[bytes]:
    """What an exchange gave. NotFound for one that is another's."""
    reader, book = services.reader, person.book
    found = await queries.exchange(reader, book, point_exchange)
    if found.party != person.party:
        raise NotFound("point_exchange.not_found", point_exchange=point_exchange)
    whole = await queries.member_whole(reader, book, found.member)
    (wallet,) = await wallets.views(reader, book, [await wallets.wallet(reader, book, found.wallet)])
    return pages.render(
        "reward/mobile/point_exchange.html",
        exchange=found,
        scheme=await queries.scheme(reader, book, found.scheme),
        left=whole.spendable,
        wallet=f"{pages._(wallet.name)} {wallet.number[-4:]}",
    )


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where they have points or some are earned."""
    found = await _schemes(services, person)
    if not found:
        return []
    had = [whole.spendable for _, whole in found if whole is not None and whole.spendable]
    note = number(had[0]) if len(had) == 1 else ""  # points of several schemes do not mix
    return [HomeRow(AT, "Points", "coin", note, is_name=False)]


handlers = (points_page, scheme_page, exchange, set_deduction, exchange_page)
