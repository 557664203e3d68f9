"""One application: what was asked for, what the rules said, deciding it; the form of a new one, and the next one."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.credit.applications import queries
from canglian.bank.credit.applications.actions import ON_APPLICATION, SUBMIT, signed
from canglian.bank.credit.applications.commands import REFUSAL
from canglian.bank.credit.console.lists import APPLICATIONS, named
from canglian.bank.credit.loans.terms import planned
from canglian.bank.credit.products import queries as products
from canglian.kernel.amounts import major
from canglian.kernel.command import Outcome
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/credit-applications/{credit_application:str}", guards=[needs(Permission.READ)])
async def application_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    credit_application: FromPath[str],
) -> Response[Any]:
    """One application."""
    return await _show(pages, services, principal, credit_application)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await queries.application(reader, book, identity)
    product = await products.product(reader, book, found.product, found.version)
    today = (await book_figures(reader, book)).today
    agreed = product.rate_ppm if found.rate_ppm is None else found.rate_ppm
    rate = await products.rate(reader, book, product, agreed, today)
    calendar = await products.calendar(reader, book, product, today)
    plan = planned(product, found.limit or found.amount, rate, found.months, today, calendar)
    initial = {
        "limit": major(found.amount).replace(",", ""),
        "text": found.refusal or REFUSAL,
        "text_hash": found.text_hash or "",
    }
    return await pages.render(
        "credit/application.html",
        status=status,
        found=found,
        product=product,
        rate=rate,
        plan=plan,
        holder=(await named(reader, book, [found]))[0]["holder_name"],
        others=await queries.count_waiting(reader, book, 100),
        history=await history(reader, book, f"credit_application:{identity}"),
        forms=action_forms(
            pages, ON_APPLICATION, found, initial=initial, submission=submission, address=f"{APPLICATIONS}/{identity}"
        ),
        may_act=principal.may(Permission.POST) or principal.may(Permission.APPROVE),
        may_approve=principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


@post("/credit-applications/{credit_application:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_application(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    credit_application: FromPath[str],
) -> Response[Any]:
    """What somebody does to an application; each action asks for its own permission."""
    await queries.application(services.reader, principal.book, credit_application)
    show = partial(_show, pages, services, principal, credit_application)
    to = f"{APPLICATIONS}/{credit_application}"

    async def answer(outcome: Outcome[Any]) -> Response[Any]:
        """A wrong code was counted, and is shown as what it is."""
        signed(outcome.unwrap())
        return Redirect(to, status_code=303)

    return await submit_action(
        pages, ON_APPLICATION, show, to, target={"application": credit_application}, answers={"sign": answer}
    )


@get("/credit-applications/next", guards=[needs(Permission.APPROVE)])
async def next_application(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The application that has waited longest for somebody else's decision than who submitted it."""
    found = await queries.next_waiting(services.reader, principal.book, principal.actor)
    if found is None:
        return await pages.render("credit/none_waiting.html")
    return await _show(pages, services, principal, found)


@get("/credit-applications/new", guards=[needs(Permission.POST)])
async def new_application(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form of a new application at the counter."""
    return await _form(pages, services, principal)


async def _form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    reader, book = services.reader, principal.book
    offered = await products.on_offer(reader, book, (await book_figures(reader, book)).today)
    titles = [
        (
            product.code,
            f"{pages._(product.name)} · {major(product.rate_ppm, 4)} % · {'/'.join(map(str, product.terms))}",
        )
        for product in offered
    ]
    initial = {"party": pages.request.query_params.get("party", "")}
    if pages.picks.is_blank("party"):
        await pages.picks.show("party", "party", initial["party"])
    (form,) = action_forms(pages, [SUBMIT], choices={"product": titles}, initial=initial, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("credit/new_application.html", status=status, form=form, offered=offered, problem=problem)


@post("/credit-applications/new", status_code=200, guards=[needs(Permission.POST)])
async def submit_application(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Submit an application at the counter."""
    return await submit_action(
        pages, [SUBMIT], partial(_form, pages, services, principal), lambda found: f"{APPLICATIONS}/{found.id}"
    )


handlers = (application_page, act_on_application, next_application, new_application, submit_application)
