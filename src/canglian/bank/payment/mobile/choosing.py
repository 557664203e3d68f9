"""With what somebody can pay an order: money for a purpose first, then a wallet, several, or as they say themselves.

Every choice is tried as a whole, as if its PINs had been typed: what each source would pay stands beside it, or what
stands in its way and what can be done about it.
"""

from collections.abc import Sequence

import msgspec

from canglian.bank.payment.commands import QuotedLine, QuoteOrder, QuoteRefundsAhead
from canglian.bank.payment.discounts import discounts_for, terms_above
from canglian.bank.payment.model import PaymentOrder, SourceUse
from canglian.bank.payment.naming import PURPOSE, WALLET, Translate, names_of
from canglian.bank.payment.queries import choosing, merchants
from canglian.bank.payment.sources import is_discount
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallets
from canglian.bank.wallet.model import WalletKind
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import CanglianError, NotFound, Rejection
from canglian.web.console.forms import read_money
from canglian.web.mobile import Person
from canglian.web.services import Services

TOGETHER = "together"
OWN = "own"
SHORT = "transfer.insufficient_funds"
LIMIT = "limit.exceeded"

SOURCES_MAX = 8


class Purse(msgspec.Struct, frozen=True):
    """A wallet of the payer, as they know it, and the version of its PIN; None where it has none."""

    wallet: WalletView
    pin: int | None
    name: str

    @property
    def family(self) -> str:
        """The wallet whose PIN it is paid with."""
        return self.wallet.parent or self.wallet.id

    @property
    def free(self) -> int:
        """What it has that no hold reserves."""
        return max(0, self.wallet.balance - self.wallet.held)


class Part(msgspec.Struct, frozen=True):
    """What one source pays. ``terms`` is a message id: what a refund makes of a discount."""

    name: str
    source: str
    asset: str
    amount: int
    discount: bool = False
    terms: str = ""


class Offer(msgspec.Struct, frozen=True):
    """What can be done about a refusal. ``title`` is a message id."""

    title: str
    href: str


class Use(msgspec.Struct, frozen=True):
    """A source to be used, the purse whose PIN it takes, and what it has for this order."""

    purse: Purse
    source: str
    item: str
    name: str
    asset: str
    free: int
    most: int | None = None

    def source_use(self, pin: int | None) -> SourceUse:
        """It as a command names it."""
        return SourceUse(source=self.source, item=self.item, most=self.most, pin=pin)

    def upto(self, most: int | None) -> "Use":
        """It with another bound."""
        return msgspec.structs.replace(self, most=most)


class Choice(msgspec.Struct, frozen=True):
    """A way to pay: ``key`` is what a form sends; what each source pays, or why it cannot."""

    key: str
    title: str
    uses: list[Use]
    parts: list[Part]
    error: CanglianError | None = None
    offer: Offer | None = None

    @property
    def families(self) -> list[Purse]:
        """The purses whose PINs it takes, one of each family."""
        return list({use.purse.family: use.purse for use in reversed(self.uses)}.values())[::-1]

    @property
    def own(self) -> int:
        """What the payer pays of it: all but discounts."""
        return sum(part.amount for part in self.parts if not part.discount)


class Chooser:
    """The ways in which a person can pay an order."""

    def __init__(
        self, services: Services, person: Person, service: WalletService, order: PaymentOrder, translate: Translate
    ) -> None:
        self._translate = translate
        self._services = services
        self._person = person
        self._service = service
        self._order = order
        self._purses: list[Purse] | None = None
        self._grants: list[Use] | None = None
        self._discounts: list[Use] | None = None

    async def purses(self) -> list[Purse]:
        """The wallets of this person; those that pay some merchants alone come first."""
        if self._purses is None:
            found = await own_wallets(self._services, self._person)
            found.sort(key=lambda wallet: wallet.merchant is None)
            self._purses = [Purse(wallet, await self._pin(wallet), self._named(wallet)) for wallet in found]
        return self._purses

    def _named(self, wallet: WalletView) -> str:
        return f"{self._translate(wallet.name)} {wallet.number[-4:]}"

    async def _pin(self, wallet: WalletView) -> int | None:
        try:
            return (await self._service.standing(wallet.id)).version
        except Rejection:
            return None

    async def discounts(self) -> list[Use]:
        """What rooms above take off this order, with the PIN of a wallet of this person."""
        if self._discounts is None:
            purses = {purse.wallet.id: purse for purse in await self.purses()}
            merchant = await merchants.merchant(self._services.reader, self._person.book, self._order.merchant)
            found = await discounts_for(self._services, self._person, self._order, merchant)
            self._discounts = [
                Use(purses[off.wallet], off.source, off.item, off.name, off.asset, off.amount, off.amount)
                for off in found
                if off.wallet in purses
            ]
        return self._discounts

    async def grants(self) -> list[Use]:
        """What is taken off this order, then money for a purpose that may pay it, whichever wallet it belongs to, as
        much as the order leaves."""
        if self._grants is None:
            reader, book, found = self._services.reader, self._person.book, [*await self.discounts()]
            left = self._order.payable - sum(use.most or 0 for use in found)
            for purse in await self.purses():
                for choice in await choosing.sources_for(reader, book, purse.wallet.id, self._order):
                    amount = min(left, choice.amount)
                    if choice.use.source == PURPOSE and amount and len(found) < SOURCES_MAX - 1:
                        use = choice.use
                        found.append(
                            Use(purse, use.source, use.item, choice.name or "", choice.asset, choice.amount, amount)
                        )
                        left -= amount
            self._grants = found
        return self._grants

    async def wallets(self) -> list[Use]:
        """The own money of each wallet."""
        return [
            Use(purse, WALLET, purse.wallet.id, purse.name, purse.wallet.asset, purse.free)
            for purse in await self.purses()
        ]

    async def sources(self) -> list[Use]:
        """All that can be chosen, in the order of spending."""
        return [*await self.grants(), *await self.wallets()]

    async def choices(self) -> list[Choice]:
        """Money for a purpose, then each wallet by itself, those that can pay first.

        Several wallets together where no one of them is enough; no wallet where money for a purpose pays all.
        """
        grants = await self.grants()
        if sum(use.most or 0 for use in grants) == self._order.payable:
            whole = await self.tried(PURPOSE, "", grants)
            if whole.error is None:
                return [whole]
        alone = [await self.tried(use.item, use.name, [*grants, use]) for use in await self.wallets()]
        alone.sort(key=lambda choice: choice.error is not None)
        if alone and alone[0].error is not None:
            together = await self._together(alone)
            return alone if together is None else [together, *alone]
        return alone

    async def _together(self, alone: Sequence[Choice]) -> Choice | None:
        """What several wallets pay, each what it has and its limits leave; None where that is not enough."""
        grants = await self.grants()
        uses = [choice.uses[-1].upto(_room(choice)) for choice in alone]
        uses = [use for use in uses if use.most and use.free][: SOURCES_MAX - len(grants)]
        if len(uses) < 2:
            return None
        tried = await self.tried(TOGETHER, "", [*grants, *uses])
        return tried if tried.error is None else None

    async def chosen(self, form: dict[str, str]) -> Choice:
        """The way that a form names, tried. NotFound ``wallet.not_found`` for a wallet that is not theirs."""
        key = form.get("wallet", "")
        if key == OWN:
            return await self.tried(OWN, "", await self._own(form))
        if key in (TOGETHER, PURPOSE):
            found = [choice for choice in await self.choices() if choice.key == key]
            if found:
                return found[0]
            order = self._order
            raise Rejection("payment.sources_short", payment_order=order.id, left=order.payable, asset="CNY")
        for use in await self.wallets():
            if use.item == key:
                return await self.tried(key, use.name, [*await self.grants(), use])
        raise NotFound("wallet.not_found", wallet=key)

    async def _own(self, form: dict[str, str]) -> list[Use]:
        """What was ticked, in the order that was chosen, each with the most that was typed."""
        uses: list[tuple[str, Use]] = []
        for use in await self.sources():
            if form.get(f"use_{use.item}"):
                most = read_money(form, f"most_{use.item}") if form.get(f"most_{use.item}") else None
                uses.append((form.get(f"place_{use.item}", ""), use.upto(most)))
        uses.sort(key=lambda placed: placed[0].zfill(3))
        if not uses:
            raise Rejection("payment.sources_none", field="use")
        return [use for _, use in uses][:SOURCES_MAX]

    async def tried(self, key: str, title: str, uses: list[Use]) -> Choice:
        """A way to pay, decided and thrown away."""
        asked = tuple(use.source_use(use.purse.pin) for use in uses)
        command = QuoteOrder(order=self._order.id, sources=asked, channel=CHANNEL)
        try:
            lines = (await self._service.submit(command, dry_run=True)).unwrap()
        except CanglianError as error:
            return Choice(key, title, uses, [], error, _offer(error, uses[-1].purse.wallet))
        return Choice(key, title, uses, await self._parts(lines))

    async def _parts(self, lines: Sequence[QuotedLine]) -> list[Part]:
        reader, book = self._services.reader, self._person.book
        names = await names_of(reader, book, [(line.source, line.item) for line in lines], self._translate)
        parts: list[Part] = []
        for line in lines:
            discount = is_discount(line.source)
            terms = await terms_above(reader, book, line.source, line.item) if discount else ""
            parts.append(Part(names[line.item], line.source, line.asset, line.amount, discount, terms))
        return parts

    async def ahead(self, choice: Choice) -> list[tuple[int, int]]:
        """What a refund of all, and of half of the price, would give back to the payer; nothing without a discount."""
        amounts = tuple(amount for amount in (self._order.amount, self._order.amount // 2) if amount)
        if not any(part.discount for part in choice.parts):
            return []
        asked = tuple(use.source_use(use.purse.pin) for use in choice.uses)
        command = QuoteRefundsAhead(order=self._order.id, sources=asked, channel=CHANNEL, amounts=amounts)
        try:
            backs = (await self._service.submit(command, dry_run=True)).unwrap()
        except CanglianError:
            return []
        own = [sum(line.amount for line in lines if not is_discount(line.source)) for lines in backs]
        return list(zip(amounts, own, strict=True))


def _room(choice: Choice) -> int:
    """How much a wallet can give to a payment that it cannot pay by itself: what it has, or what its limits leave."""
    use, error = choice.uses[-1], choice.error
    if error is None or error.code == SHORT:
        return use.free
    if error.code == LIMIT and "asset" in error.fields:
        single = error.fields.get("measure") == "single"
        return min(use.free, int(error.fields.get("limit" if single else "left") or 0))
    return 0


def _offer(error: CanglianError, wallet: WalletView) -> Offer | None:
    """What the payer can do about a refusal."""
    at = f"/m/wallets/{wallet.id}"
    if error.code == SHORT and wallet.parent is None:
        return (
            Offer("Recharge", f"{at}/recharge")
            if wallet.kind is WalletKind.EWALLET
            else Offer("Exchange", f"{at}/exchange")
        )
    known = {
        LIMIT: Offer("Limits", f"{at}/limits"),
        "wallet_pin.not_set": Offer("Set it now", f"{at}/pin"),
        "wallet.locked": Offer("Lock or report lost", f"{at}/safety"),
    }
    return known.get(error.code)
