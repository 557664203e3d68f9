"""The designer: a new campaign or a draft that is changed, with all of its funders and offers on one form."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.model import CampaignState
from canglian.bank.reward.campaigns.queries import CampaignWhole
from canglian.bank.reward.commands import DraftCampaign, ReviseCampaign
from canglian.bank.reward.console.lists import CAMPAIGNS
from canglian.bank.reward.designing import form as designing
from canglian.bank.reward.designing.rows import more_rows
from canglian.bank.reward.designing.summary import summary_of
from canglian.kernel.errors import CanglianError, Rejection
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, Wrong, form_values, submit
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_MORE = {"funder": ("funders", designing.FUNDERS_MAX), "offer": ("offers", designing.OFFERS_MAX)}
"""The buttons that add a row, by their value: which count they raise, and how far."""

_ROW = re.compile(r"(?P<rows>tier|step)(?P<place>[1-9][0-9]?)\Z")
"""The buttons that add a row to an offer."""


@get("/campaigns/new", guards=[needs(Permission.POST)])
async def new_campaign(pages: NamedDependency[Pages], services: NamedDependency[Services]) -> Response[Any]:
    """The form of a new campaign."""
    return await _show(pages, services, designing.blank(services.engine.clock()))


@post("/campaigns/new", status_code=200, guards=[needs(Permission.POST)])
async def draft_campaign(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Draft a campaign."""
    return await _submit(pages, services, principal, None)


@get("/campaigns/{campaign:str}/design", guards=[needs(Permission.POST)])
async def design_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    campaign: FromPath[str],
) -> Response[Any]:
    """A draft, to be changed. Rejects ``campaign.state`` where it is none."""
    whole = await _draft(services, principal, campaign)
    return await _show(pages, services, designing.texts_of(whole, whole.campaign), whole)


@post("/campaigns/{campaign:str}/design", status_code=200, guards=[needs(Permission.POST)])
async def design_campaign(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    campaign: FromPath[str],
) -> Response[Any]:
    """Change a draft."""
    return await _submit(pages, services, principal, await _draft(services, principal, campaign))


async def _draft(services: Services, principal: Principal, identity: str) -> CampaignWhole:
    whole = await queries.whole(services.reader, principal.book, identity)
    if whole.campaign.state is not CampaignState.DRAFT:
        raise Rejection("campaign.state", campaign=identity, state=whole.campaign.state.value)
    return whole


async def _submit(pages: Pages, services: Services, principal: Principal, whole: CampaignWhole | None) -> Response[Any]:
    values = await form_values(pages.request)
    if (more := values.get("more")) is not None:
        return await _show(pages, services, _with_more(values, more), whole)
    try:
        values, asked = await _asked(pages, services, principal, values)
        if whole is None:
            command: Any = DraftCampaign(**asked)
        else:
            command = ReviseCampaign(campaign=whole.campaign.id, channel="counter", **asked)
        found = (await submit(services, principal, command, values)).unwrap()
    except CanglianError as error:
        problem = designing.labelled(pages, pages.refusal(error))
        return await _show(pages, services, values, whole, status=422, problem=problem)
    return Redirect(f"{CAMPAIGNS}/{found.id}", status_code=303)


async def _asked(
    pages: Pages, services: Services, principal: Principal, values: dict[str, str]
) -> tuple[dict[str, str], dict[str, Any]]:
    """What was chosen and typed. Rejects all that is wrong with it at once."""
    faults: list[CanglianError] = []
    try:
        values = await pages.picks.settle(values)
    except CanglianError as error:
        faults += (error, *error.others)
    try:
        asked = designing.asked_of(values, await services.scales(principal.book))
    except CanglianError as error:
        faults += (error, *error.others)
        asked = {}
    if faults:
        raise designing.together(faults)
    return values, asked


def _with_more(values: dict[str, str], more: str) -> dict[str, str]:
    """A form with one more row, by the value of its button; with anything else as it is, only drawn anew."""
    if more in _MORE:
        name, most = _MORE[more]
        return {**values, name: str(min(designing.rows(values, name, most) + 1, most))}
    found = _ROW.match(more)
    return values if found is None else more_rows(values, int(found["place"]), found["rows"])


async def _show(
    pages: Pages,
    services: Services,
    values: Mapping[str, str],
    whole: CampaignWhole | None = None,
    *,
    status: int = 200,
    problem: Wrong | None = None,
) -> Response[Any]:
    book = pages.principal.book if pages.principal is not None else 0
    return await pages.render(
        "reward/design.html",
        status=status,
        campaign=None if whole is None else whole.campaign,
        values=values,
        design=await designing.inputs_of(pages, values, problem),
        summary=summary_of(values, await services.scales(book), pages._),
        scales=await services.scales(book),
        key=values.get(KEY) or secrets.token_hex(8),
        problem=problem,
        may_add=(
            designing.rows(values, "funders", designing.FUNDERS_MAX) < designing.FUNDERS_MAX,
            designing.rows(values, "offers", designing.OFFERS_MAX) < designing.OFFERS_MAX,
        ),
    )


handlers = (new_campaign, draft_campaign, design_page, design_campaign)
