"""No page of the demo offers what can only fail: what is greyed says why, and what is offered is not refused."""

import html
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest

from canglian.kernel.errors import CanglianError
from canglian.web.console import actions
from canglian.web.console.forms import Wrong
from canglian.web.console.pages import Pages
from canglian.web.principal import Role
from tests.app.demo.conftest import Visit
from tests.app.demo.walking import walk

EACH = 8
"""How many pages of a kind are looked at, so that there is one of each state."""

_FORM = re.compile(r'<form method="post" id="([^"]*)"([^>]*)>(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r"<(input|select|textarea)\b([^>]*)>(.*?</select>)?", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_OPTION = re.compile(r'<option value="([^"]+)"')
_STATE = re.compile(r'<span class="state[^"]*">([^<]*)')
_GREYED = re.compile(r'data-disabled>([^<]*)</button>\s*(?:</div>\s*<p|<span) class="may-not">\s*([^<]*)')
_TYPED = ("form", "pick", "amount", "share", "request")
"""What the codes begin with of what is wrong with what was typed."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), pytest.mark.timeout(600)]


class Offered(msgspec.Struct, frozen=True):
    """A form of a page: where it is sent, and its fields filled in somehow."""

    action: str
    to: str
    fields: dict[str, str]


def offered(address: str, page: str) -> Iterator[Offered]:
    """The forms of actions of a page."""
    for _, attributes, inside in _FORM.findall(page):
        to = dict(_ATTRIBUTE.findall(attributes)).get("action", address)
        fields = dict(filled(inside))
        if "action" in fields:
            yield Offered(fields["action"], html.unescape(to), fields)


def filled(form: str) -> Iterator[tuple[str, str]]:
    """The fields of a form: as they stand there, else with what their kind takes."""
    for tag, text, options in _FIELD.findall(form):
        attributes = dict(_ATTRIBUTE.findall(text))
        name, kind = html.unescape(attributes.get("name", "")), attributes.get("type", "text")
        if not name or kind in ("checkbox", "radio"):
            continue
        stands = html.unescape(attributes.get("value", ""))
        if tag == "select":
            chosen = _OPTION.findall(options)
            stands = html.unescape(chosen[0]) if chosen else ""
        typed = {"date": "2026-12-31", "decimal": "0.01", "numeric": "1"}
        yield name, stands or typed.get(attributes.get("inputmode", kind), "" if kind == "search" else "because")


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[CanglianError]:
    """What forms are refused, each decided and thrown away."""
    found: list[CanglianError] = []
    shown = Pages.refusal

    def refusal(pages: Pages, error: CanglianError) -> Wrong:
        found.append(error)
        return shown(pages, error)

    tried: Any = partial(_dry, actions.RequestContext)
    monkeypatch.setattr(actions, "RequestContext", tried)
    monkeypatch.setattr(Pages, "refusal", refusal)
    return found


def _dry(context: Any, services: Any, principal: Any, key: Any, dry_run: bool, *more: Any, **named: Any) -> Any:
    return context(services, principal, None, not dry_run, *more, **named)


async def test_what_is_offered_is_refused_by_no_state_and_what_is_greyed_says_why(
    visit: Visit, refused: list[CanglianError]
) -> None:
    client = await visit(Role.ADMIN)
    pages = await walk(client, each=EACH)
    tried: set[tuple[str, str, str]] = set()
    failed: dict[str, str] = {}
    greyed = 0
    for address, page in pages.items():
        for title, reason in _GREYED.findall(page.text):
            greyed += 1
            assert reason.strip(), (address, title)
        state = "".join(_STATE.findall(page.text)[:1])
        for form in offered(address, page.text):
            kind = re.sub(r"/[a-z]{2,5}_\w{26}|/\d+", "/…", address.partition("?")[0])
            if (kind, state, form.action) in tried:
                continue
            tried.add((kind, state, form.action))
            refused.clear()
            answer = await client.post(form.to, data=form.fields)
            if answer.status_code == 422 and not is_about_what_was_typed(refused[0]):
                failed[f"{address} {state} {form.action}"] = f"{refused[0].code} {refused[0].fields}"
            elif answer.status_code not in (200, 303, 422):
                failed[f"{address} {state} {form.action}"] = f"{answer.status_code}"
    assert not failed, "\n".join(f"{where}: {why}" for where, why in failed.items())
    assert len(tried) > 60
    assert greyed > 50


def is_about_what_was_typed(error: CanglianError) -> bool:
    """Whether a refusal is about a field, and not about the state of the thing."""
    return "field" in error.fields or error.code.partition(".")[0] in _TYPED
