"""Money for a purpose as a room."""

import asyncio
from typing import Any

from canglian.bank.purpose import queries
from canglian.bank.purpose.actions import RESOURCES
from canglian.bank.purpose.api import examples
from canglian.bank.purpose.commands import (
    ExpirePurposeContract,
    GiveBackPrepaidCards,
    PayOutPurposeGrants,
    WindUpPurposeContract,
    passing,
    prepaid,
)
from canglian.bank.purpose.commands.ending import STEP
from canglian.bank.purpose.console import HANDLERS
from canglian.bank.purpose.console.additions import FINDS, HOLDINGS, PICKS, belongs
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.purpose.demo import fill_purpose
from canglian.bank.purpose.mobile import HANDLERS as MOBILE
from canglian.bank.purpose.rules import is_released
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

ENDING_SECONDS = 5.0
_ACTOR = "job:purpose"


async def end_contracts(services: Services, book: int) -> None:
    """End contracts whose last day is over, and wind up those that have ended, in steps; it goes on where it was."""
    today = (await book_figures(services.reader, book)).today
    try:
        for offer in await custody.closed_offers(services.reader, book):
            await _give_back(services, book, offer)
        expiring = await queries.expiring(services.reader, book, today)
        await asyncio.gather(*(_ask(services, book, ExpirePurposeContract(contract=contract)) for contract in expiring))
        last = ""
        while ended := await queries.winding_up(services.reader, book, last):
            last = ended[-1]
            await asyncio.gather(*(_wind_up(services, book, contract) for contract in ended))
    except (Busy, Unavailable):
        return


async def pay_out(services: Services, book: int) -> None:
    """Pay out grants whose money is released, in steps; those whose wallets take nothing wait for the next turn."""
    today = (await book_figures(services.reader, book)).today
    try:
        for contract, rules, signatures in await custody.paying_out(services.reader, book):
            last = ""
            while is_released(rules, today, signatures) and (
                grants := await queries.living(services.reader, book, contract, last, passing.STEP)
            ):
                last = grants[-1]
                await _ask(services, book, PayOutPurposeGrants(contract=contract, grants=tuple(grants)))
    except (Busy, Unavailable):
        return


async def _give_back(services: Services, book: int, offer: str) -> None:
    while cards := await custody.living_cards(services.reader, book, offer, prepaid.STEP):
        if not await _ask(services, book, GiveBackPrepaidCards(offer=offer, contracts=tuple(cards))):
            return


async def _wind_up(services: Services, book: int, contract: str) -> None:
    """Close its grants in steps; with the last one its money goes. A holder whose wallet takes nothing waits."""
    last = ""
    while True:
        grants = await queries.living(services.reader, book, contract, last, STEP)
        step = WindUpPurposeContract(contract=contract, grants=tuple(grants))
        if not await _ask(services, book, step) or len(grants) < STEP:
            return
        last = grants[-1]


async def _ask(services: Services, book: int, command: Command[Any]) -> bool:
    """Whether it was done. It has no key, so that what is refused is decided anew at the next turn."""
    outcome = await services.engine.submit(book, command, actor=_ACTOR)
    return outcome.error is None


ROOM = Room(
    "purpose",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    api=tuple(resource.router() for resource in RESOURCES),
    console=HANDLERS,
    mobile=MOBILE,
    demo=fill_purpose,
    nav=(
        NavItem(Workspace.ACCOUNTS, "Purpose money", "Purpose contracts", "/console/purpose-contracts", "target-arrow"),
        NavItem(Workspace.ACCOUNTS, "Purpose money", "Grants", "/console/purpose-grants", "users"),
        NavItem(
            Workspace.ACCOUNTS,
            "Purpose money",
            "Movements of purpose money",
            "/console/purpose-movements",
            "arrows-exchange",
        ),
        NavItem(Workspace.ACCOUNTS, "Purpose money", "Prepaid cards", "/console/prepaid-cards", "credit-card"),
        NavItem(Workspace.ACCOUNTS, "Purpose money", "Offers of prepaid cards", "/console/prepaid-offers", "gift"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Contract templates", "/console/purpose-templates", "template"),
    ),
    jobs=(
        Job("purpose-ending", ENDING_SECONDS, end_contracts),
        Job("purpose-paying-out", ENDING_SECONDS, pay_out),
    ),
    templates=("canglian.bank.purpose",),
    finds=FINDS,
    picks=PICKS,
    holdings=HOLDINGS,
    belongings={"pur": belongs},
    things={"pur": "/console/purpose-contracts/{}"},
    objects={
        "prepaid_offer": "/console/prepaid-offers/{}",
        "purpose_contract": "/console/purpose-contracts/{}",
        "purpose_template": "/console/purpose-templates/{}",
    },
)
