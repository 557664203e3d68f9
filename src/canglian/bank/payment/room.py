"""Payments as a room."""

import asyncio
from typing import Any

from canglian.bank.payment import shops  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers merchants
from canglian.bank.payment.actions import RESOURCES
from canglian.bank.payment.api import examples, notifications
from canglian.bank.payment.channel_actions import CHANNEL_ORDERS
from canglian.bank.payment.commands import CompleteShare, ExpireAuthorisation, ExpireOrder, KeepUnsplit
from canglian.bank.payment.console import HANDLERS, channel
from canglian.bank.payment.console.additions import FIGURES, FINDS, HOLDINGS, belongs
from canglian.bank.payment.console.picks import PICKS
from canglian.bank.payment.demo import fill_payments
from canglian.bank.payment.demo_day import end_trade, trade
from canglian.bank.payment.mobile import HANDLERS as MOBILE
from canglian.bank.payment.outside import ADAPTERS
from canglian.bank.payment.queries import orders, payments
from canglian.bank.payment.store_actions import RESOURCES as STORE_RESOURCES
from canglian.bank.payment.versions import POLICIES, SCHEDULES
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.web.console.versions import version_pages
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

EXPIRY_SECONDS = 15.0
TOGETHER = 256
"""How many things expire at once."""


async def expire(services: Services, book: int) -> None:
    """Let orders and authorisations expire whose time is over; whatever stops it, the next turn goes on there."""
    reader, now = services.reader, services.engine.clock()
    due: list[tuple[str, Command[Any]]] = [
        (order, ExpireOrder(order=order)) for order in await orders.expiring(reader, book, now)
    ]
    due += [(payment, ExpireAuthorisation(payment=payment)) for payment in await payments.expiring(reader, book, now)]
    today = (await book_figures(reader, book)).today
    due += [(f"{share}:{today}", CompleteShare(share=share)) for share in await payments.waiting_shares(reader, book)]
    due += [
        (f"{payment}:split", KeepUnsplit(payment=payment)) for payment in await payments.unsplit(reader, book, today)
    ]
    for start in range(0, len(due), TOGETHER):
        submitted = [
            services.engine.submit(book, command, actor="job:payment", key=f"expire:{identity}")
            for identity, command in due[start : start + TOGETHER]
        ]
        for outcome in await asyncio.gather(*submitted, return_exceptions=True):
            if isinstance(outcome, (Busy, Unavailable)):
                return
            if isinstance(outcome, BaseException):
                raise outcome


ROOM = Room(
    "payment",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill_payments,
    demo_day=trade,
    demo_night=end_trade,
    demo_notes=("shops    /m/shop  13900139000 owns 新城鲜果店, 13900139002 乡村健身房",),
    api=(
        *(resource.router() for resource in (*RESOURCES, *STORE_RESOURCES)),
        CHANNEL_ORDERS.router(),
        notifications.router,
        SCHEDULES.router(),
        POLICIES.router(),
    ),
    console=(*HANDLERS, *version_pages(SCHEDULES), *version_pages(POLICIES)),
    mobile=MOBILE,
    nav=(
        NavItem(Workspace.ACCOUNTS, "Merchants", "Merchants", "/console/merchants", "wallet"),
        NavItem(Workspace.ACCOUNTS, "Merchants", "Merchant orders", "/console/merchant-orders", "list-details"),
        NavItem(Workspace.ACCOUNTS, "Merchants", "Payments", "/console/payments", "arrows-exchange"),
        NavItem(Workspace.ACCOUNTS, "Merchants", "Refunds", "/console/refunds", "arrow-back-up"),
        NavItem(Workspace.ACCOUNTS, "Merchants", "Split claims", "/console/split-claims", "arrows-split"),
        NavItem(Workspace.ACCOUNTS, "Merchants", "Channel orders", "/console/channel-orders", "credit-card"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Fee schedules", "/console/fee-schedules", "table"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Payment parameters", "/console/payment-policies", "adjustments"),
    ),
    outside=ADAPTERS,
    jobs=(Job("payment-expiry", EXPIRY_SECONDS, expire),),
    templates=("canglian.bank.payment",),
    figures=FIGURES,
    picks=PICKS,
    finds=(*FINDS, *channel.FINDS),
    waiting=channel.WAITING,
    holdings=HOLDINGS,
    belongings={"mer": belongs},
    things={
        "mer": "/console/merchants/{}",
        "ord": "/console/merchant-orders/{}",
        "pay": "/console/payments/{}",
        "cho": "/console/channel-orders/{}",
    },
    objects={
        "merchant": "/console/merchants/{}",
        "payment_order": "/console/merchant-orders/{}",
        "payment": "/console/payments/{}",
        "channel_order": "/console/channel-orders/{}",
    },
)
