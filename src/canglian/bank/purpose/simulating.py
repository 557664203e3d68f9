"""A contract lived through before it is signed: its rules and a calendar of events, on a book in memory.

The commands are the real ones, on the real rules; nothing is kept. Money that holders spend goes to shops that the
scenario names, each with its category and region. A step that is refused changes nothing and the next one follows.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian import ledger
from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    ExpirePurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    ReleasePurposeContract,
    ResumePurposeContract,
    RevokePurposeGrant,
    SignPurposeContract,
    SuspendPurposeContract,
    TerminatePurposeContract,
    WindUpPurposeContract,
)
from canglian.bank.purpose.model import PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import ENDED
from canglian.bank.purpose.rules import Category, Payee, Rules, Text, Value
from canglian.bank.purpose.seeds import SEEDED
from canglian.bank.purpose.simulated import AddTemplate, GiveMoney, OpenAccount, OpenPurse, PayShop, ReturnFromShop
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.kernel.engine import Engine
from canglian.kernel.errors import CanglianError, Malformed, declare
from canglian.kernel.fields import doc
from canglian.kernel.memory import MemoryStore
from canglian.kernel.values import SHANGHAI, Amount
from canglian.ledger.commands import CloseDay, OpenBook
from canglian.ledger.model import Balance

declare(
    {
        "simulation.template": "There is no template {template} that a book begins with.",
        "simulation.rules": "A scenario has rules or names a template, not both.",
        "simulation.holder": "The event on {on} names no holder, or one who has no grant yet.",
        "simulation.file": "The scenario {file} cannot be read: {problem}.",
        "simulation.malformed": "The scenario is not what one looks like: {problem}.",
        "simulation.shop": "The event on {on} names no shop of the scenario.",
        "simulation.amount": "The event on {on} needs an amount.",
        "simulation.row": "The event on {on} is not one: look at its day, hour and what happens.",
        "simulation.order": "The events are to be in the order of their days and hours; that on {on} is not.",
    }
)

BOOK = 1
COUNTER = "counter"
EVENTS_MAX = 1000

Label = Annotated[str, Meta(min_length=1, max_length=80)]


class Do(enum.StrEnum):
    """What happens in a scenario."""

    SIGN = "sign"
    FUND = "fund"
    ISSUE = "issue"
    PAY = "pay"
    REFUND = "refund"
    RELEASE = "release"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    TERMINATE = "terminate"
    EXPIRE = "expire"
    WIND_UP = "wind_up"


class SimulatedShop(Value, frozen=True, kw_only=True):
    """A shop of a scenario, as the rules see it."""

    name: Annotated[Label, doc("What the events call it.")]
    category: Annotated[Category, doc("Its category of ISO 18245.")]
    region: Annotated[str, Meta(pattern=r"^[1-9][0-9]{5}\Z"), doc("The division of GB/T 2260 in which it is.")] = (
        "330106"
    )
    id: Annotated[Text | None, doc("Its id, where rules name payees; by default one of its own.")] = None
    lists: Annotated[tuple[Text, ...], doc("The lists that it is on.")] = ()


class SimulatedEvent(Value, frozen=True, kw_only=True):
    """Something that happens on a day."""

    on: Annotated[date, doc("The business date.")]
    do: Annotated[Do, doc("What happens.")]
    at: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"), doc("The time in Shanghai.")] = "12:00"
    holder: Annotated[Label | None, doc("Who gets a grant, pays, or is paid back.")] = None
    shop: Annotated[Label | None, doc("Where it is paid.")] = None
    amount: Annotated[Amount | None, doc("How much, in fen.")] = None
    goods: Annotated[tuple[Text, ...], doc("The kinds of goods that are paid for.")] = ()
    by: Annotated[Label | None, doc("Who signs a release.")] = None

    @property
    def moment(self) -> datetime:
        """When it happens."""
        return datetime.combine(self.on, time.fromisoformat(self.at), SHANGHAI).astimezone(UTC)


class Scenario(Value, frozen=True, kw_only=True):
    """A contract and what happens to it. Amounts are in fen."""

    name: Annotated[Label, doc("What people read.")]
    valid_from: Annotated[date, doc("The first day on which its money is spent.")]
    valid_until: Annotated[date, doc("The last day on which its money is spent.")]
    template: Annotated[str | None, doc("A template that a book begins with, such as `welfare`.")] = None
    rules: Annotated[Rules | None, doc("Rules of its own, in the place of a template's.")] = None
    shops: Annotated[tuple[SimulatedShop, ...], Meta(max_length=200), doc("Where its money may be tried.")] = ()
    events: Annotated[
        tuple[SimulatedEvent, ...], Meta(max_length=EVENTS_MAX), doc("What happens, in the order of days and hours.")
    ] = ()


class Place(msgspec.Struct, frozen=True):
    """So much money with somebody."""

    kind: Annotated[str, doc("`contract`, `grants`, `shops`, `payer` or `holders`.")]
    name: Annotated[str | None, doc("Whose, where it is somebody's; null for all of it.")]
    amount: Annotated[int, doc("How much, in fen.")]


class Totals(msgspec.Struct, frozen=True):
    """Where the money that was paid in is, after a step; the five sum up to ``funded``."""

    funded: Annotated[int, doc("What was paid in, in fen.")]
    unallotted: Annotated[int, doc("What no grant has, in fen.")]
    granted: Annotated[int, doc("What remains of grants, in fen.")]
    shops: Annotated[int, doc("What shops have of it, in fen.")]
    returned: Annotated[int, doc("What the payer has back, in fen.")]
    released: Annotated[int, doc("What holders have as ordinary money, in fen.")]


class SimulatedStep(msgspec.Struct, frozen=True):
    """An event with its outcome, and where the money is after it."""

    event: Annotated[SimulatedEvent, doc("What happened.")]
    refused: Annotated[str | None, doc("The code of its refusal, or null.")]
    fields: Annotated[dict[str, Any], doc("What the refusal names.")]
    state: Annotated[str, doc("The contract's state after it.")]
    totals: Annotated[Totals, doc("Where the money is after it.")]


class Simulation(msgspec.Struct, frozen=True):
    """What became of a scenario."""

    name: Annotated[str, doc("What people read.")]
    steps: Annotated[list[SimulatedStep], doc("Each event with its outcome.")]
    places: Annotated[list[Place], doc("Where everything is at the end.")]


async def simulate(scenario: Scenario) -> Simulation:
    """Live through a scenario. Malformed ``simulation.*`` for one that cannot be read."""
    run = _Run(scenario)
    try:
        await run.open()
        for event in scenario.events:
            await run.happen(event)
        await run.end()
        return Simulation(scenario.name, run.steps, await run.places())
    finally:
        await run.engine.stop()


def rules_of(scenario: Scenario) -> Rules:
    """The rules of a scenario: its own, or those of its template."""
    if (scenario.rules is None) == (scenario.template is None):
        raise Malformed("simulation.rules", field="rules")
    if scenario.rules is not None:
        return scenario.rules
    found = next((rules for code, _, _, rules, _ in SEEDED if code == scenario.template), None)
    if found is None:
        raise Malformed("simulation.template", template=str(scenario.template), field="template")
    return found


class _Run:
    """A book in memory, and what the scenario's names are in it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rules = rules_of(scenario)
        self.first = min([scenario.valid_from, *(event.on for event in scenario.events)])
        self.now = datetime.combine(self.first, time(0), SHANGHAI).astimezone(UTC)
        self.store = MemoryStore()
        self.engine = Engine(self.store, ledger.Book, audited=ledger.AUDITED, clock=lambda: self.now)
        self.steps: list[SimulatedStep] = []
        self.holders: dict[str, Wallet] = {}
        self.grants: defaultdict[str, list[str]] = defaultdict(list)
        self.shops: dict[str, tuple[SimulatedShop, int]] = {}
        self.paid_in = 0
        self.contract = ""
        self.payer: Wallet | None = None

    async def ask(self, command: Command[Any], actor: str = "user:simulation") -> Any:
        return (await self.engine.submit(BOOK, command, actor=actor)).unwrap()

    async def open(self) -> None:
        """The book with the payer, the shops and a draft."""
        await self.engine.found(BOOK, self.first)
        await self.ask(OpenBook())
        payer: Wallet = await self.ask(OpenPurse(name="payer"))
        self.payer = payer
        wanted = sum(event.amount or 0 for event in self.scenario.events if event.do is Do.FUND)
        if wanted:
            await self.ask(GiveMoney(account=payer.account, amount=wanted))
        for number, shop in enumerate(self.scenario.shops):
            known = shop if shop.id is not None else msgspec.structs.replace(shop, id=f"shop-{number}")
            self.shops[shop.name] = (known, await self.ask(OpenAccount(name=shop.name)))
        await self.ask(AddTemplate(rules=self.rules))
        draft = DraftPurposeContract(
            template="simulation",
            name="simulation",
            payer=payer.id,
            valid_from=self.scenario.valid_from,
            valid_until=self.scenario.valid_until,
        )
        self.contract = (await self.ask(draft)).id

    async def happen(self, event: SimulatedEvent) -> None:
        """One event, after what the days before it bring by themselves."""
        if event.moment < self.now:
            raise Malformed("simulation.order", on=event.on.isoformat(), field="events")
        await self._until(event.on)
        self.now = event.moment
        await self._do(event)

    async def end(self) -> None:
        """Let the contract's last day pass."""
        await self._until(self.scenario.valid_until + timedelta(days=1))

    async def _until(self, day: date) -> None:
        """Turn the days, and let the contract end with its last day as a branch does by night."""
        today = self.store.states[BOOK].today
        over = self.scenario.valid_until + timedelta(days=1)
        if today <= self.scenario.valid_until < day:
            await self._turn(over)
            state = (await self._contract()).state
            if state not in ENDED:
                await self._do(SimulatedEvent(on=over, at="00:00", do=Do.EXPIRE))
                await self._wind_up(over, "00:00")
        await self._turn(day)

    async def _turn(self, day: date) -> None:
        if day > self.store.states[BOOK].today:
            await self.ask(CloseDay(next_day=day))
            self.now = max(self.now, datetime.combine(day, time(0), SHANGHAI).astimezone(UTC))

    async def _wind_up(self, on: date, at: str) -> None:
        await self._do(SimulatedEvent(on=on, at=at, do=Do.WIND_UP))

    async def _do(self, event: SimulatedEvent) -> None:
        refused, fields = None, dict[str, Any]()
        try:
            await self._submit(event)
        except Malformed:
            raise
        except CanglianError as error:
            refused, fields = error.code, {name: value for name, value in error.fields.items() if name != "field"}
        contract = await self._contract()
        totals = await self._totals(contract)
        self.steps.append(SimulatedStep(event, refused, fields, contract.state.value, totals))
        if event.do is Do.TERMINATE and refused is None:
            await self._wind_up(event.on, event.at)

    async def _submit(self, event: SimulatedEvent) -> None:
        contract = self.contract
        match event.do:
            case Do.SIGN:
                await self.ask(SignPurposeContract(contract=contract, channel=COUNTER))
            case Do.FUND:
                await self.ask(FundPurposeContract(contract=contract, amount=_amount(event), channel=COUNTER))
                self.paid_in += _amount(event)
            case Do.ISSUE:
                wallet = await self._holder(event)
                lines = (GrantLine(wallet.id, _amount(event)),)
                issued = await self.ask(IssuePurposeGrants(contract=contract, lines=lines))
                self.grants[_holder_of(event)].append(issued.grants[0].id)
            case Do.PAY:
                await self._pay(event, PayShop)
            case Do.REFUND:
                await self._pay(event, ReturnFromShop)
            case Do.REVOKE:
                await self.ask(RevokePurposeGrant(grant=self._grant(event), reason="simulation"))
            case Do.RELEASE:
                release = ReleasePurposeContract(contract=contract, reason="simulation")
                await self.ask(release, f"user:{event.by or 'simulation'}")
            case _:
                await self._state(event.do)

    async def _state(self, do: Do) -> None:
        contract, reason = self.contract, "simulation"
        made: dict[Do, Command[Any]] = {
            Do.SUSPEND: SuspendPurposeContract(contract=contract, reason=reason),
            Do.RESUME: ResumePurposeContract(contract=contract, reason=reason),
            Do.TERMINATE: TerminatePurposeContract(contract=contract, reason=reason),
            Do.EXPIRE: ExpirePurposeContract(contract=contract),
            Do.WIND_UP: WindUpPurposeContract(contract=contract, grants=tuple(self._all_grants())),
        }
        await self.ask(made[do])

    def _all_grants(self) -> Iterable[str]:
        return [grant for grants in self.grants.values() for grant in grants]

    async def _pay(self, event: SimulatedEvent, kind: type[PayShop | ReturnFromShop]) -> None:
        known = self.shops.get(event.shop or "")
        if known is None:
            raise Malformed("simulation.shop", on=event.on.isoformat(), field="events")
        shop, account = known
        payee = Payee(id=shop.id or "", category=shop.category, region=shop.region, lists=shop.lists, goods=event.goods)
        await self.ask(kind(grant=self._grant(event), account=account, amount=_amount(event), payee=payee))

    async def _holder(self, event: SimulatedEvent) -> Wallet:
        name = _holder_of(event)
        if name not in self.holders:
            self.holders[name] = await self.ask(OpenPurse(name=name))
        return self.holders[name]

    def _grant(self, event: SimulatedEvent) -> str:
        grants = self.grants.get(_holder_of(event), [])
        if not grants:
            raise Malformed("simulation.holder", on=event.on.isoformat(), field="events")
        return grants[-1]

    # -- what there is -----------------------------------------------------------------------------------------------

    async def _contract(self) -> PurposeContract:
        return (await self.store.load(BOOK, PurposeContract, [self.contract]))[self.contract]

    async def _balance(self, account: int) -> int:
        balance: Balance = (await self.store.load(BOOK, Balance, [account]))[account]
        return balance.credits - balance.debits

    async def _totals(self, contract: PurposeContract) -> Totals:
        assert self.payer is not None
        wanted = sum(event.amount or 0 for event in self.scenario.events if event.do is Do.FUND)
        at_shops = sum([await self._balance(account) for _, account in self.shops.values()])
        released = sum([await self._balance(wallet.account) for wallet in self.holders.values()])
        returned = await self._balance(self.payer.account) - (wanted - self.paid_in)
        return Totals(self.paid_in, contract.unallotted, contract.allotted, at_shops, returned, released)

    async def places(self) -> list[Place]:
        """Where everything is at the end."""
        contract = await self._contract()
        totals = await self._totals(contract)
        found = [Place("contract", None, totals.unallotted), Place("payer", None, totals.returned)]
        for name, grants in self.grants.items():
            rows: dict[str, PurposeGrant] = await self.store.load(BOOK, PurposeGrant, grants)
            found.append(Place("grants", name, sum(grant.remaining for grant in rows.values())))
        found += [Place("shops", name, await self._balance(account)) for name, (_, account) in self.shops.items()]
        found += [Place("holders", name, await self._balance(w.account)) for name, w in self.holders.items()]
        return [place for place in found if place.amount]


def _amount(event: SimulatedEvent) -> int:
    if event.amount is None:
        raise Malformed("simulation.amount", on=event.on.isoformat(), field="events")
    return event.amount


def _holder_of(event: SimulatedEvent) -> str:
    if event.holder is None:
        raise Malformed("simulation.holder", on=event.on.isoformat(), field="events")
    return event.holder
