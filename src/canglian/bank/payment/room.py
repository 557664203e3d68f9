"""Payments as a room."""

from canglian.bank.payment.actions import RESOURCES
from canglian.bank.payment.api import examples
from canglian.bank.payment.commands import ExpireOrder
from canglian.bank.payment.console import HANDLERS
from canglian.bank.payment.console.additions import FINDS, SECTIONS
from canglian.bank.payment.demo import fill_payments
from canglian.bank.payment.mobile import HANDLERS as MOBILE
from canglian.bank.payment.queries import orders
from canglian.bank.payment.versions import POLICIES, SCHEDULES
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.values import utc_now
from canglian.web.console.versions import version_pages
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room
from canglian.web.services import Services

EXPIRY_SECONDS = 15.0


async def expire_orders(services: Services, book: int) -> None:
    """Let orders expire that nobody paid in time; whatever stops it, the next turn goes on there."""
    for order in await orders.expiring(services.reader, book, utc_now()):
        try:
            await services.engine.submit(book, ExpireOrder(order=order), actor="job:payment", key=f"expire:{order}")
        except (Busy, Unavailable):
            return


ROOM = Room(
    "payment",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill_payments,
    api=(*(resource.router() for resource in RESOURCES), SCHEDULES.router(), POLICIES.router()),
    console=(*HANDLERS, *version_pages(SCHEDULES), *version_pages(POLICIES)),
    mobile=MOBILE,
    nav=(
        NavItem("Merchants", "Merchants", "/console/merchants", "wallet"),
        NavItem("Merchants", "Merchant orders", "/console/merchant-orders", "list-details"),
        NavItem("Merchants", "Payments", "/console/payments", "arrows-exchange"),
        NavItem("Merchants", "Refunds", "/console/refunds", "arrow-back-up"),
        NavItem("Merchants", "Fee schedules", "/console/fee-schedules", "table"),
        NavItem("Merchants", "Payment parameters", "/console/payment-policies", "adjustments"),
    ),
    jobs=(Job("payment-expiry", EXPIRY_SECONDS, expire_orders),),
    templates=("canglian.bank.payment",),
    finds=FINDS,
    sections=SECTIONS,
    objects={
        "merchant": "/console/merchants/{}",
        "payment_order": "/console/merchant-orders/{}",
        "payment": "/console/payments/{}",
    },
)
