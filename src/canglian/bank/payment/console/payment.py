"""One payment: which source paid what, the fee, and what went back to whom."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.actions import CANCEL, CAPTURE, ON_PAYMENT, REFUND, SPLIT, UNSPLIT
from canglian.bank.payment.console.lists import PAYMENTS
from canglian.bank.payment.console.refund_preview import preview
from canglian.bank.payment.discounts import name_above
from canglian.bank.payment.model import Merchant, MerchantState
from canglian.bank.payment.naming import pages_of
from canglian.bank.payment.queries import merchants, payments
from canglian.bank.payment.queries.merchants import MerchantFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.forms import form_values
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/payments/{payment:str}", guards=[needs(Permission.READ)])
async def payment_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    payment: FromPath[str],
) -> Response[Any]:
    """One payment."""
    return await _show(pages, services, principal, payment)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
    refunding: str | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await payments.whole(reader, book, identity)
    may_post = principal.may(Permission.POST)
    refund = await preview(pages, services, principal, whole, refunding) if may_post else None
    return await pages.render(
        "payment/payment.html",
        status=status,
        payment=whole.payment,
        order=whole.order,
        lines=whole.lines,
        refunds=whole.refunds,
        preview=refund,
        splits=whole.splits,
        items=await _items(pages, reader, book, [(line.source, line.item) for line in whole.lines]),
        receivers=await merchants.names(reader, book, [share.receiver for share in whole.splits]),
        merchant=await merchants.merchant(reader, book, whole.payment.merchant),
        history=await history(reader, book, f"payment:{identity}"),
        forms=[
            *action_forms(pages, [CAPTURE, CANCEL], whole.payment, submission=submission),
            *action_forms(
                pages,
                [REFUND],
                whole.payment,
                initial={"amount": refund.typed if refund else ""},
                submission=submission,
            ),
            *action_forms(
                pages,
                [SPLIT, UNSPLIT],
                whole.payment,
                choices={"receiver": await _receivers(reader, book, whole.payment.merchant)},
                submission=submission,
            ),
        ],
        may_post=may_post,
        problem=None if submission is None else submission.problem,
    )


async def _items(pages: Pages, reader: Reader, book: int, used: list[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """What paid, by name, with the address of its page; rooms above name what they give."""
    found = await pages_of(reader, book, used, pages._)
    for source, item in used:
        if item not in found and (name := await name_above(reader, book, source, item)):
            found[item] = (name, pages.page_of(item))
    return found


async def _receivers(reader: Reader, book: int, payee: str) -> list[tuple[str, str]]:
    """Who may get a share: the merchants that take payments, but for the one that was paid."""
    asked = MerchantFilter(state=MerchantState.ACTIVE)
    found = (await merchants.merchants(reader, book, asked, Order(limit=LIMIT_MAX))).items
    return [(merchant.id, _called(merchant)) for merchant in found if merchant.id != payee]


def _called(merchant: Merchant) -> str:
    return merchant.name if merchant.store is None else f"{merchant.name} · {merchant.store}"


@post("/payments/{payment:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_payment(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    payment: FromPath[str],
) -> Response[Any]:
    """Capture, cancel, refund or split a payment for its merchant."""
    await payments.payment(services.reader, principal.book, payment)
    show = partial(_show, pages, services, principal, payment)
    return await submit_action(pages, ON_PAYMENT, show, f"{PAYMENTS}/{payment}", target={"payment": payment})


@post("/payments/{payment:str}/refund-preview", status_code=200, guards=[needs(Permission.POST)])
async def preview_refund(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    payment: FromPath[str],
) -> Response[Any]:
    """What a refund of another amount would give back; nothing is changed."""
    typed = (await form_values(pages.request)).get("refund", "")
    return await _show(pages, services, principal, payment, refunding=typed)


handlers = (payment_page, act_on_payment, preview_refund)
