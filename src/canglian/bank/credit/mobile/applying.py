"""Applying for credit and signing what is offered: the contract is read, and signed with a code that a message says."""

from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.credit.applications import signing
from canglian.bank.credit.applications.actions import signed
from canglian.bank.credit.applications.commands import Fen, SignApplication, SubmitApplication
from canglian.bank.credit.applications.model import ApplicationState, Trade
from canglian.bank.credit.loans.terms import planned
from canglian.bank.credit.mobile.home import AT
from canglian.bank.credit.mobile.owning import own_application
from canglian.bank.credit.products import queries as products
from canglian.bank.credit.products.commands import Months
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet.mobile.owning import CHANNEL
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.fields import PlainText
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import Amount
from canglian.web.console.forms import read, read_money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, submit
from canglian.web.services import Services

_AMOUNTS = ("amount", "monthly_income", "monthly_debt")

_EXAMPLE = 10_000_00
"""An amount by which instalments are shown before anything is typed."""


class Asked(msgspec.Struct, frozen=True):
    """What somebody types when they apply."""

    amount: Amount
    months: Months
    purpose: PlainText
    trade: Trade
    monthly_income: Fen = 0
    monthly_debt: Fen = 0


async def _offered(services: Services, person: Person, code: str) -> LoanProduct:
    """A product that this person can apply for. NotFound ``loan_product.not_found``."""
    today = (await book_figures(services.reader, person.book)).today
    for product in await products.on_offer(services.reader, person.book, today):
        if product.code == code and person.party is not None:
            return product
    raise NotFound("loan_product.not_found", loan_product=code)


@get("/credit/apply/{product:str}", guards=[signed_in])
async def apply_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    product: FromPath[str],
) -> Response[bytes]:
    """The form of an application, with the rate and the instalments of an example."""
    return await _form(pages, services, person, await _offered(services, person, product), {})


async def _form(
    pages: MobilePages,
    services: Services,
    person: Person,
    product: LoanProduct,
    values: dict[str, str],
    error: CanglianError | None = None,
) -> Response[bytes]:
    today = (await book_figures(services.reader, person.book)).today
    example = min(_EXAMPLE, product.amount_max)
    calendar = await products.calendar(services.reader, person.book, product, today)
    plans = [(months, planned(product, example, product.rate_ppm, months, today, calendar)) for months in product.terms]
    return pages.render(
        "credit/mobile/apply.html",
        error=error,
        product=product,
        example=example,
        plans=plans,
        trades=list(Trade),
        values=values,
    )


@post("/credit/apply/{product:str}", status_code=200, guards=[signed_in])
async def apply(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    product: FromPath[str],
) -> Response[Any]:
    """Apply; the key of the form makes sure that it is done once."""
    form = await form_values(pages.request)
    found = await _offered(services, person, product)

    async def act() -> str:
        texts = {name: form.get(name, "") for name in ("amount", "months", "purpose", "trade")}
        amounts = {name: read_money(form, name) for name in _AMOUNTS if form.get(name)}
        asked = read({**texts, **amounts}, Asked)
        age = await signing.age_of(services, person.book, person.party or "")
        command = SubmitApplication(
            party=person.party or "",
            product=found.code,
            channel=CHANNEL,
            age=age,
            **msgspec.structs.asdict(asked),
        )
        return f"{AT}/applications/{(await submit(services, person, command, form)).unwrap().id}"

    return await or_again(act(), partial(_form, pages, services, person, found, form))


@get("/credit/applications/{credit_application:str}", guards=[signed_in])
async def application_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    credit_application: FromPath[str],
) -> Response[bytes]:
    """An application of this person: what became of it, and the contract where it can be signed."""
    return await _show(pages, services, person, credit_application)


async def _show(
    pages: MobilePages, services: Services, person: Person, identity: str, error: CanglianError | None = None
) -> Response[bytes]:
    found = await own_application(services, person, identity)
    product = await products.product(services.reader, person.book, found.product, found.version)
    today = (await book_figures(services.reader, person.book)).today
    plan = None
    if found.limit is not None and found.rate_ppm is not None:
        calendar = await products.calendar(services.reader, person.book, product, today)
        rate = await products.rate(services.reader, person.book, product, found.rate_ppm, today)
        plan = planned(product, min(found.limit, found.amount), rate, found.months, today, calendar)
    return pages.render(
        "credit/mobile/application.html",
        error=error,
        found=found,
        product=product,
        plan=plan,
        sent="sent" in pages.request.query_params or error is not None,
        offered=found.state is ApplicationState.OFFERED,
    )


@post("/credit/applications/{credit_application:str}/code", status_code=200, guards=[signed_in])
async def ask_code(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    credit_application: FromPath[str],
) -> Response[Any]:
    """Have the signing code sent to this person's mobile."""
    form = await form_values(pages.request)
    found = await own_application(services, person, credit_application)

    async def act() -> str:
        command = await signing.code_request(services, person.book, found.id)
        (await submit(services, person, command, form)).unwrap()
        return f"{AT}/applications/{found.id}?sent=1"

    return await or_again(act(), partial(_show, pages, services, person, found.id))


@post("/credit/applications/{credit_application:str}/sign", status_code=200, guards=[signed_in])
async def sign(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    credit_application: FromPath[str],
) -> Response[Any]:
    """Sign the contract as it was read, with the code; a wrong one is counted."""
    form = await form_values(pages.request)
    found = await own_application(services, person, credit_application)

    async def act() -> str:
        code = signing.index_of(services.keyring, person.book, found.id, form.get("code", ""))
        text_hash = form.get("text_hash", "")
        if text_hash != found.text_hash:
            text_hash = "0" * 64
        command = SignApplication(application=found.id, code=code, text_hash=text_hash)
        signed((await submit(services, person, command, form)).unwrap())
        return f"{AT}/applications/{found.id}"

    return await or_again(act(), partial(_show, pages, services, person, found.id))


handlers = (apply_page, apply, application_page, ask_code, sign)
