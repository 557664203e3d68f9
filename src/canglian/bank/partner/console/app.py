"""One app of a partner: what it may do, its keys, how often it called, and what may be done with it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.partner import queries
from canglian.bank.partner.actions import ADD_KEY, ADD_SECRET, CHANGE_APP, END_APP, RESUME_APP, REVOKE_KEY, SUSPEND_APP
from canglian.bank.partner.calls import answer_key, key_id, shared_secret, today
from canglian.bank.partner.console.lists import APPS
from canglian.bank.partner.model import PartnerApp, PartnerKey, PartnerState, PartnerUsage
from canglian.kernel.values import utc_now
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.charts import Chart, Series
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SHOWN_FOR = timedelta(minutes=10)
"""For how long a shared secret is shown to whoever made it."""

_ACTS = (ADD_KEY, ADD_SECRET, CHANGE_APP, SUSPEND_APP, RESUME_APP, END_APP)


@get("/partner-apps/{partner_app:str}", guards=[needs(Permission.READ)])
async def app_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    partner_app: FromPath[str],
) -> Response[Any]:
    """An app."""
    return await _show(pages, services, principal, partner_app)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    app = await queries.app(reader, book, identity)
    keys = await queries.keys(reader, book, identity)
    day, now = today(), utc_now()
    usage = await queries.usage(reader, book, identity, day - timedelta(days=queries.DAYS - 1))
    initial = {
        "rate_per_second": str(app.rate_per_second),
        "calls_per_day": "" if app.calls_per_day is None else str(app.calls_per_day),
        "networks": " ".join(app.networks),
        **{f"scopes_{scope.value}": "yes" for scope in app.scopes},
    }
    partner = await queries.partner(reader, book, app.partner)
    acts = () if partner.state is PartnerState.EXITED else _ACTS
    return await pages.render(
        "partner/app.html",
        status=status,
        app=app,
        partner=partner,
        keys=[(key, key_id(book, key.id), _ended(key)) for key in keys],
        ending={
            key.id: action_forms(pages, [REVOKE_KEY], key, target={"partner_key": key.id}, submission=submission)
            for key in keys
            if key.ends_at is None or key.ends_at > now
        },
        chart=_drawn(pages, usage),
        has_calls=bool(usage),
        calls=usage[0].calls if usage and usage[0].day == day else 0,
        secret=_fresh_secret(services, principal, keys, pages.request.query_params.get("secret", "")),
        answer_key=str(answer_key(services, book).public),
        forms=action_forms(pages, acts, app, initial=initial, submission=submission),
        problem=None if submission is None else submission.problem,
    )


def _fresh_secret(services: Services, principal: Principal, keys: Sequence[PartnerKey], asked: str) -> str:
    """The shared secret that somebody has just made; nobody else sees it, and not for long."""
    for key in keys:
        is_own = key.id == asked and key.public_key is None and key.created_by == principal.actor
        if is_own and utc_now() - key.created_at < SHOWN_FOR:
            return str(shared_secret(services, principal.book, key.id))
    return ""


def _ended(key: PartnerKey) -> bool:
    return key.ends_at is not None and key.ends_at <= utc_now()


def _drawn(pages: Pages, usage: Sequence[PartnerUsage]) -> Chart:
    _, days = pages._, list(reversed(usage))
    return Chart(
        title=_("Calls a day"),
        labels=[each.day.isoformat() for each in days],
        series=[
            Series(_("Answered"), [each.calls - each.refused for each in days]),
            Series(_("Refused"), [each.refused for each in days]),
        ],
        kind="bar",
        unit=_("calls"),
        note=_("Of the last 30 days in Shanghai; counted every few seconds."),
    )


@post("/partner-apps/{partner_app:str}", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def act_on_app(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    partner_app: FromPath[str],
) -> Response[Any]:
    """Change an app, give it a key, end one, suspend it, let it go on or end it."""
    await queries.app(services.reader, principal.book, partner_app)
    show = partial(_show, pages, services, principal, partner_app)
    return await submit_action(pages, (*_ACTS, REVOKE_KEY), show, _to, target={"app": partner_app})


def _to(result: PartnerApp | PartnerKey) -> str:
    if isinstance(result, PartnerApp):
        return f"{APPS}/{result.id}"
    return f"{APPS}/{result.app}" + (f"?secret={result.id}" if result.public_key is None else "")


HANDLERS = (app_page, act_on_app)
