"""Sending money to another wallet: to whom and how much, then the PIN, then what happened."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.wallet.commands import TransferBetweenWallets, TryPayer
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet, own_wallets, seen_from
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, payment_pages, pin_page, seen
from canglian.bank.wallet.model import Wallet, WalletState, WalletTransfer
from canglian.bank.wallet.queries import moves, wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.command import Outcome
from canglian.kernel.errors import CanglianError, Malformed, NotFound, Rejection
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import text
from canglian.web.mobile.lookups import count_lookup
from canglian.web.services import Services

FIELDS = ("number", "payee", "amount", "note")

_CANNOT_RECEIVE = "payee.cannot_receive"
_NOBODY = frozenset((_CANNOT_RECEIVE, "wallet.number_unknown"))
"""Refusals of who was typed; what the payer lacks is said before, as where there is a payee."""

_ANOTHER_PAYS = frozenset(
    (_CANNOT_RECEIVE, "transfer.insufficient_funds", "limit.exceeded", "wallet.locked", "wallet.lost")
)
"""Refusals of a payment that may be another one's out of another wallet."""

PAYEES = 6
"""How many of those who were paid last are offered."""


@get("/transfer", guards=[signed_in])
async def choose_wallet(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[Any]:
    """Which wallet pays; the only one where there is one."""
    return await choose(pages, services, person, "transfer", pages._("Send money"))


async def choose(pages: MobilePages, services: Services, person: Person, then: str, title: str) -> Response[Any]:
    """Go on with the wallet that has most, unless another one is to be chosen."""
    found = await own_wallets(services, person)
    able = [wallet for wallet in found if wallet.state is WalletState.ACTIVE]
    if able and "choose" not in pages.request.query_params:
        most = max(able, key=lambda wallet: wallet.balance - wallet.held)
        return Redirect(f"/m/wallets/{most.id}/{then}", status_code=303)
    return pages.render("wallet/mobile/choose.html", wallets=found, then=then, title=title)


def done_page(outcome: Outcome[WalletTransfer]) -> str:
    """The address of the page of a transfer that was just made. Raises what refused it."""
    return f"/m/transfers/{outcome.unwrap().id}?done=1"


async def _begin(
    pages: MobilePages, services: Services, person: Person, wallet: Wallet, form: dict[str, str]
) -> "_Transfer":
    return _Transfer(pages, services, person, wallet, form)


class _Transfer(Payment):
    """A transfer that somebody is about to make, with what they typed."""

    def __init__(
        self, pages: MobilePages, services: Services, person: Person, wallet: Wallet, form: dict[str, str]
    ) -> None:
        super().__init__(pages, services, person, form)
        self._wallet = wallet

    async def _payee(self) -> Wallet:
        """Whom was paid before and chosen, or the wallet by what was typed: asking is counted, known or not."""
        typed, chosen = self._form.get("number", "").strip(), self._form.get("payee", "")
        if not typed and chosen in await self._recent():
            return await wallets.wallet(self._services.reader, self._person.book, chosen)
        if not typed:
            raise Malformed("payee.missing", field="number")
        count_lookup(self._pages, self._person, is_mobile=self._service.mobile(typed) is not None)
        try:
            return await self._service.payee(typed, self._wallet.asset)
        except Rejection as refused:
            if refused.code in _NOBODY:
                await self.try_before_pin(self._wallet.id, self._try_payer)
            raise

    async def _recent(self) -> list[str]:
        """The wallets that this one paid last."""
        return await moves.recent_payees(self._services.reader, self._person.book, self._wallet.id, PAYEES)

    async def _others(self, error: CanglianError | None) -> list[WalletView]:
        """Wallets of this person that may pay where the chosen one does not. Only their own money decides: what the
        payee has is not told."""
        if error is None or error.code not in _ANOTHER_PAYS or not self._form.get("number", "").strip():
            return []
        amount, own = read_money(self._form), self._wallet
        there, tried = await own_wallets(self._services, self._person), self._tried()
        assets = {each.asset for each in there if each.id in tried}
        return [
            each
            for each in there
            if each.id not in (own.parent, *tried)
            and each.state is WalletState.ACTIVE
            and each.parent is None
            and each.balance - each.held >= amount
            and (error.code != _CANNOT_RECEIVE or each.asset not in assets)
        ]

    def _tried(self) -> list[str]:
        """The wallets that were to pay this, the chosen one last: none is offered twice."""
        return [*self._form.get("tried", "").split(), self._wallet.id]

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """The form."""
        recent, others = await self._recent(), await self._others(error)
        if others and error is not None and error.code == _CANNOT_RECEIVE:
            error = Rejection(_CANNOT_RECEIVE)  # what was typed is not wrong
        sides = await seen_from(self._services.reader, self._person.book, recent, self._person)
        return self._pages.render(
            "wallet/mobile/transfer.html",
            error=error,
            wallet=await seen(self._services, self._person, self._wallet),
            payees=[(payee, sides[payee]) for payee in recent],
            others=others,
            tried=" ".join(self._tried()),
            values=self._form,
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        payee = await self._payee()
        if error is None:
            await self.try_before_pin(self._wallet.id, lambda pin: self._command(payee.id, pin))
        amount, note = read_money(self._form), text(self._form, "note")
        side = (await seen_from(self._services.reader, self._person.book, [payee.id], self._person))[payee.id]
        own, say = await seen(self._services, self._person, self._wallet), self._pages._
        at = f"/m/wallets/{self._wallet.id}/transfer"
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Check and pay"),
            line=f"{say('To')} {side['name']} · {side['wallet']} {side['ending']}",
            action=f"{at}/pay",
            return_to=at,
            names=FIELDS,
            amount=amount,
            asset=own.asset,
            rows=[
                (say("From"), named(own, say)),
                (say("Balance after payment"), left(own, amount)),
                (say("What for"), note or ""),
            ],
        )

    async def move(self) -> str:
        """Move the money; the page that tells of it."""
        payee = await self._payee()
        version = await self._service.pass_pin(self._wallet.id, self._form.get("pin", ""))
        return done_page(await self._service.submit_keyed(self._command(payee.id, version)))

    def _try_payer(self, pin: int) -> TryPayer:
        return TryPayer(payer=self._wallet.id, amount=read_money(self._form), channel=CHANNEL, pin=pin)

    def _command(self, payee: str, pin: int) -> TransferBetweenWallets:
        return TransferBetweenWallets(
            payer=self._wallet.id,
            payee=payee,
            amount=read_money(self._form),
            channel=CHANNEL,
            pin=pin,
            note=text(self._form, "note"),
        )


@get("/transfers/{transfer:str}", guards=[signed_in])
async def transfer_done(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    transfer: FromPath[str],
) -> Response[bytes]:
    """What happened: who got how much from which wallet, what is left, how to get it back."""
    reader, book = services.reader, person.book
    moved = await moves.transfer(reader, book, transfer)
    sides = await seen_from(reader, book, [moved.payer, moved.payee], person)
    if not any(side["mine"] for side in sides.values()):
        raise NotFound("wallet_transfer.not_found", wallet_transfer=transfer)
    out = sides[moved.payer]["mine"]
    own = await own_wallet(services, person, moved.payer if out else moved.payee)
    return pages.render(
        "wallet/mobile/transfer_done.html",
        moved=moved,
        payer=sides[moved.payer],
        payee=sides[moved.payee],
        out=out,
        own=await seen(services, person, own),
        done="done" in request.query_params,
    )


handlers = (choose_wallet, *payment_pages(["/wallets/{wallet:str}/transfer"], _begin), transfer_done)
