"""Showing a pay or collect code that is made anew each minute, and scanning or typing the other side's."""

from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.commands import NoteProof
from canglian.bank.wallet import codes
from canglian.bank.wallet.commands import PayByCode, TakeByCode
from canglian.bank.wallet.mobile import others
from canglian.bank.wallet.mobile.barcode import barcode
from canglian.bank.wallet.mobile.limits import paid_today
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet, own_wallets, seen_from, wallet_service
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, pin_page, seen
from canglian.bank.wallet.mobile.transfers import choose, done_page
from canglian.bank.wallet.model import CodeKind, Wallet, WalletCode, WalletState
from canglian.bank.wallet.queries import figures, wallets
from canglian.kernel.errors import CanglianError, NotFound, Rejection
from canglian.kernel.queries.entities import some
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from canglian.web.console.formats import money
from canglian.web.console.forms import read_money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.mobile.lookups import count_lookup
from canglian.web.services import Services

PROOF_MINUTES = 5
"""For how long a PIN that was typed lets a pay code be shown anew."""

ECNY = "ECNY"


@get("/pay", guards=[signed_in])
async def choose_payer(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[Any]:
    """The pay code of which wallet?"""
    return await choose(pages, services, person, "code/pay", pages._("Pay code"))


@get("/collect", guards=[signed_in])
async def choose_payee(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[Any]:
    """The collect code of which wallet?"""
    return await choose(pages, services, person, "code/collect", pages._("Collect code"))


@get("/wallets/{wallet:str}/code/collect", guards=[signed_in])
async def collect_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """How much is to be collected, if that is known."""
    return await _page(pages, services, person, await own_wallet(services, person, wallet), {}, CodeKind.COLLECT)


@post("/wallets/{wallet:str}/code/collect", status_code=200, guards=[signed_in])
async def collect_code(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """Show a code to be paid by."""
    form = await form_values(request)
    found = await own_wallet(services, person, wallet)
    return await or_again(
        _shown(pages, services, person, found, form, CodeKind.COLLECT),
        partial(_page, pages, services, person, found, form, CodeKind.COLLECT),
    )


@get("/wallets/{wallet:str}/code/pay", guards=[signed_in])
async def pay_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """The PIN is asked for; the page that follows shows the code."""
    return await _pin(pages, services, person, await own_wallet(services, person, wallet), {}, None)


async def _pin(
    pages: MobilePages,
    services: Services,
    person: Person,
    wallet: Wallet,
    form: dict[str, str],
    error: CanglianError | None,
) -> Response[bytes]:
    own, at = await seen(services, person, wallet), f"/m/wallets/{wallet.id}"
    day = await paid_today(services.reader, person.book, wallet)
    today = [] if day is None else [(pages._("Paid today"), money(day.used, own.asset))]
    return pin_page(
        pages,
        form,
        error,
        title=pages._("Pay code"),
        line=named(own, pages._),
        action=f"{at}/code/pay",
        return_to=at,
        names=(),
        change="/m/pay?choose=1",
        rows=[(pages._("For how long"), pages._("Five minutes without asking for the PIN again")), *today],
    )


@post("/wallets/{wallet:str}/code/pay", status_code=200, guards=[signed_in])
async def pay_code(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """Show a code to pay by: after the PIN, or for some minutes after it."""
    form = await form_values(request)
    found = await own_wallet(services, person, wallet)

    async def shown() -> Response[bytes]:
        proved = _proved(person, found)
        if form.get("pin") or proved is None:
            proved = await wallet_service(services, person).pass_pin(found.id, form.get("pin", ""))
            note = NoteProof(session=person.session, proof=f"{found.family}:{proved}", minutes=PROOF_MINUTES)
            await services.engine.execute(person.book, note, actor=person.actor)
        return await _shown(pages, services, person, found, form, CodeKind.PAY, proved)

    async def pad(error: CanglianError) -> Response[bytes]:
        # Somebody who has only come here has typed nothing wrong yet.
        typed_nothing = not form.get("pin") and _proved(person, found) is None
        return await _pin(pages, services, person, found, form, None if typed_nothing else error)

    return await or_again(shown(), pad)


def _proved(person: Person, wallet: Wallet) -> int | None:
    """The version of the PIN of this wallet that was typed in this session a moment ago."""
    proved, _, version = (person.proved or "").partition(":")
    return int(version) if proved == wallet.family and version.isdecimal() else None


async def _shown(
    pages: MobilePages,
    services: Services,
    person: Person,
    wallet: Wallet,
    form: dict[str, str],
    kind: CodeKind,
    pin: int | None = None,
) -> Response[bytes]:
    """The page with a fresh code. Rejects what stands in its way."""
    amount = read_money(form) if form.get("amount") and kind is CodeKind.COLLECT else None
    shown = await wallet_service(services, person, form).show_code(wallet.id, kind, amount=amount, pin=pin)
    seconds = max(0, int((shown.code.expires_at - utc_now()).total_seconds()))
    digits = shown.digits
    return await _page(
        pages,
        services,
        person,
        wallet,
        form,
        kind,
        shown=shown,
        seconds=seconds,
        bars=barcode(digits) if kind is CodeKind.PAY else "",
        spaced=" ".join(digits[place : place + 6] for place in range(0, len(digits), 6)),
    )


async def _page(
    pages: MobilePages,
    services: Services,
    person: Person,
    wallet: Wallet,
    form: dict[str, str],
    kind: CodeKind,
    error: CanglianError | None = None,
    **shown: Any,
) -> Response[bytes]:
    today = (await book_figures(services.reader, person.book)).today
    code: dict[str, Any] = {"shown": None, "seconds": 0, "spaced": "", "bars": "", **shown}
    return pages.render(
        "wallet/mobile/code.html",
        error=error,
        pays=kind is CodeKind.PAY,
        wallet=await seen(services, person, wallet),
        most=(await figures.policy_on(services.reader, person.book, today)).pay_code_max,
        values=form,
        **code,
    )


@get("/codes/{code:str}", guards=[signed_in])
async def code_state(
    services: NamedDependency[Services], person: NamedDependency[Person], code: FromPath[str]
) -> Response[bytes]:
    """What came of a code that is shown: where the page goes on to once it was used."""
    found = await some(services.reader, person.book, WalletCode, "id", code)
    if not found:
        raise NotFound("wallet_code.not_found", wallet_code=code)
    await own_wallet(services, person, found[0].wallet)
    used = found[0].transfer
    state = {"to": None if used is None else others.used(used)}
    return Response(msgspec.json.encode(state), media_type="application/json")


# -- scanning and typing ----------------------------------------------------------------------------------------------


@get("/scan", guards=[signed_in])
async def scan_page(pages: NamedDependency[MobilePages]) -> Response[bytes]:
    """The camera where the browser reads codes by itself, digits in any case."""
    return pages.render("wallet/mobile/scan.html", camera=True)


@post("/scan", status_code=200, guards=[signed_in])
async def scanned(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Go on with what was scanned: pay, collect, transfer to a wallet number, or what a room above has for it."""
    form = await form_values(request)
    digits = "".join(form.get("code", "").split()).replace("-", "")
    return await or_again(_scanned(pages, services, person, digits), partial(_scan, pages, form))


async def _scanned(pages: MobilePages, services: Services, person: Person, digits: str) -> Response[Any] | str:
    if len(digits) == 16:
        return await _to_number(pages, services, person, digits)
    elsewhere = others.scanned(digits)
    if elsewhere is not None:
        codes.checked(digits)
        return elsewhere
    return await _ByCode(pages, services, person, {"code": digits}).ask_amount(None)


async def _scan(pages: MobilePages, form: dict[str, str], error: CanglianError) -> Response[bytes]:
    return pages.render("wallet/mobile/scan.html", camera=True, values=form, error=error)


async def _to_number(pages: MobilePages, services: Services, person: Person, digits: str) -> Response[Any]:
    """The form of a transfer to a number; the number does not stand in an address."""
    count_lookup(pages, person)
    await wallet_service(services, person).by_number(digits)
    found = await own_wallets(services, person)
    if not found:
        raise Rejection("wallet.number_unknown", field="code")
    return pages.render("wallet/mobile/transfer.html", wallet=found[0], values={"number": digits})


@post("/scan/take", status_code=200, guards=[signed_in])
async def take(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Take what somebody's pay code lets be taken."""
    asked = _ByCode(pages, services, person, await form_values(request))
    return await or_again(asked.take(), asked.show_form)


@post("/scan/pay", status_code=200, guards=[signed_in])
async def pay_confirm(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Whom somebody's collect code pays, and how much, before the PIN is asked for."""
    asked = _ByCode(pages, services, person, await form_values(request))
    return await asked.show_pad()


@post("/scan/pay/pin", status_code=200, guards=[signed_in])
async def pay(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Look at the PIN and pay."""
    asked = _ByCode(pages, services, person, await form_values(request))
    return await asked.go_on()


class _ByCode(Payment):
    """Money that is about to move by a code of the other side."""

    async def _found(self) -> tuple[WalletCode, Wallet]:
        """The code that the digits are of, and the wallet that shows it. Rejects ``wallet_code.*``."""
        digest = self._service.code(self._form.get("code", ""))
        reader, book = self._services.reader, self._person.book
        found = await some(reader, book, WalletCode, "digest", digest)
        if not found:
            raise Rejection("wallet_code.not_found", field="code")
        return found[0], await wallets.wallet(reader, book, found[0].wallet)

    async def _own(self) -> Wallet:
        """The wallet of this person that was chosen."""
        return await own_wallet(self._services, self._person, self._form.get("wallet", ""))

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """How much, with which wallet; the page of the digits where they are what is wrong."""
        return await or_again(self.ask_amount(error), partial(_scan, self._pages, self._form))

    async def ask_amount(self, error: CanglianError | None) -> Response[bytes]:
        """How much, with which wallet of the same kind of money. Rejects digits that are no code."""
        code, other = await self._found()
        mine = await own_wallets(self._services, self._person)
        reader, book = self._services.reader, self._person.book
        return self._pages.render(
            "wallet/mobile/by_code.html",
            error=error,
            taking=codes.kind_of(codes.checked(self._form["code"])) is CodeKind.PAY,
            other=(await seen_from(reader, book, [other.id], self._person))[other.id],
            wallets=[
                wallet for wallet in mine if wallet.asset == other.asset and wallet.state is not WalletState.CLOSED
            ],
            fixed=code.amount if code.kind is CodeKind.COLLECT else None,
            unit=other.asset,
            values=self._form,
        )

    async def take(self) -> str:
        """Take money by a pay code; the page that tells of it."""
        own = await self._own()
        digest = self._service.code(self._form.get("code", ""))
        command = TakeByCode(wallet=own.id, code_digest=digest, amount=read_money(self._form), channel=CHANNEL)
        return done_page(await self._service.submit_keyed(command))

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad."""
        code, other = await self._found()
        own = await seen(self._services, self._person, await self._own())
        if error is None:
            await self.try_before_pin(own.id, lambda pin: self._command(own.id, code, pin))
        amount = code.amount if code.amount is not None else read_money(self._form)
        reader, book, say = self._services.reader, self._person.book, self._pages._
        side = (await seen_from(reader, book, [other.id], self._person))[other.id]
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Check and pay"),
            line=f"{say('To')} {side['name']} · {side['wallet']} {side['ending']}",
            action="/m/scan/pay/pin",
            return_to="/m/scan",
            names=("code", "wallet", "amount"),
            amount=amount,
            asset=own.asset,
            rows=[(say("From"), named(own, say)), (say("Balance after payment"), left(own, amount))],
        )

    async def move(self) -> str:
        """Pay by a collect code; the page that tells of it."""
        own = await self._own()
        code, _ = await self._found()
        version = await self._service.pass_pin(own.id, self._form.get("pin", ""))
        return done_page(await self._service.submit_keyed(self._command(own.id, code, version)))

    def _command(self, wallet: str, code: WalletCode, pin: int) -> PayByCode:
        return PayByCode(
            wallet=wallet,
            code_digest=code.digest,
            channel=CHANNEL,
            amount=None if code.amount is not None else read_money(self._form),
            pin=pin,
        )


handlers = (
    choose_payer,
    choose_payee,
    collect_page,
    collect_code,
    pay_page,
    pay_code,
    code_state,
    scan_page,
    scanned,
    take,
    pay_confirm,
    pay,
)
