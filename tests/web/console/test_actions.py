"""The forms of actions: each has ids of its own, and only the one that was sent gets back what was typed."""

import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from canglian.bank.deposit.actions import ACCOUNTS, FREEZE, ON_PAGE
from canglian.web.actions import Action
from canglian.web.console.actions import action_forms
from canglian.web.form import Form, Input
from tests.bank.deposit.console.test_pages import as_user, opened
from tests.bank.party.console.test_pages import registered
from tests.web.entering import Enter, send

_TYPED = {"freeze_kind": "in", "cause": "order", "reason": "协助冻结"}


def _ids(page: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', page)


def _form(page: str, action: str) -> str:
    found = re.search(f'<form method="post" id="{action}".*?</form>', page, re.DOTALL)
    assert found, action
    return found[0]


async def _page(enter: Enter) -> tuple[httpx.AsyncClient, str]:
    client = await enter("operator")
    return client, await opened(client)


async def test_no_id_stands_twice_in_a_page(enter: Enter) -> None:
    client, page = await _page(enter)
    ids = _ids((await client.get(page)).text)
    assert len(ids) == len(set(ids))
    assert {"freeze-reason", "report-case-reason", "close-reason"} <= set(ids)


async def test_what_was_typed_and_what_is_wrong_come_back_to_the_form_that_was_sent(enter: Enter) -> None:
    client, page = await _page(enter)
    refused = await send(client, page, action="freeze", **_TYPED)
    assert refused.status_code == 422
    freeze, case = _form(refused.text, "freeze"), _form(refused.text, "report-case")
    assert 'value="协助冻结"' in freeze
    assert 'id="freeze-authority-wrong"' in freeze
    assert 'aria-errormessage="freeze-authority-wrong"' in freeze
    assert '<option value="in" selected>' in freeze
    assert "协助冻结" not in case
    assert "-wrong" not in case
    assert 'href="#freeze-authority"' in refused.text
    ids = _ids(refused.text)
    assert len(ids) == len(set(ids))


async def test_what_is_missing_is_said_at_its_field(enter: Enter) -> None:
    client, page = await _page(enter)
    refused = await send(client, page, action="freeze", freeze_kind="in", cause="risk")
    assert refused.status_code == 422
    assert 'id="freeze-reason-wrong"' in _form(refused.text, "freeze")


async def test_a_secret_is_not_shown_again(enter: Enter) -> None:
    client, page = await _page(enter)
    refused = await send(client, page, action="bind", number="62284804005566", bank="9")
    assert refused.status_code == 422
    assert "62284804005566" not in refused.text


async def test_an_action_says_why_it_cannot_be_done_now_and_is_not_sent(enter: Enter) -> None:
    client, page = await _page(enter)
    text = (await client.get(page)).text
    assert "账户未处于睡眠状态" in text or "may-not" in text
    assert 'id="reactivate"' not in text
    assert (await send(client, page, action="reactivate", document="doc_" + "0" * 26, place="柜台")).status_code == 422
    assert (await send(client, page, action="nothing")).status_code == 404


async def test_an_action_asks_for_its_own_permission(enter: Enter) -> None:
    client, page = await _page(enter)
    refused = await send(client, page, action="lift-freeze", freeze="frz_" + "0" * 26, reason="x")
    assert refused.status_code == 403
    await as_user(client, "approver")
    assert (await send(client, page, action="lift-freeze", freeze="frz_" + "0" * 26, reason="x")).status_code == 422


@pytest.mark.parametrize(
    "form",
    [
        Form(title="Freeze", inputs=(Input(name="nothing"),)),
        Form(title="Freeze", omit=("nothing",)),
        Form(title="Freeze", fixed={"account": "x"}),
    ],
)
def test_a_form_that_asks_for_what_is_not_there_names_its_action(form: Form) -> None:
    given: dict[str, Any] = {"command": FREEZE.command, "name": "freeze", "help": "x", "permission": FREEZE.permission}
    with pytest.raises(AssertionError, match=r"action .freeze. of deposit\.freeze_account: its form asks for"):
        Action(**given, target=("account",), form=form)


def test_what_a_page_shows_decides_which_input_asks_for_a_field() -> None:
    inputs = (
        Input(name="authority", label="Who ordered it", applies=lambda shown: shown == "order"),
        Input(name="authority", label="Who decided it", applies=lambda shown: shown == "bank"),
        Input(name="until", applies=lambda shown: shown == "order"),
    )
    form = Form(title="Freeze", inputs=inputs, omit=("case_reference", "freeze_kind", "cause"))
    action = Action(
        command=FREEZE.command, name="freeze", help="x", permission=FREEZE.permission, target=("account",), form=form
    )
    anybody = SimpleNamespace(may=lambda _: True)
    picks = SimpleNamespace(kind_of=lambda *_: "", knows=lambda _: False)
    pages: Any = SimpleNamespace(principal=anybody, _=lambda text: text, picks=picks)

    def asked(shown: str) -> list[str]:
        return [view.label for view in action_forms(pages, [action], shown)[0].inputs]

    assert asked("order") == ["Who ordered it", "field.until", "Reason"]
    assert asked("bank") == ["Who decided it", "Reason"]
    assert asked("nobody") == ["Reason"]


def test_the_actions_of_a_page_have_different_names() -> None:
    names = [action.name for action in (*ON_PAGE, *ACCOUNTS.actions) if action not in ACCOUNTS.actions]
    assert len(names) == len(set(names))


async def test_what_is_answered_may_be_a_page_or_a_file_and_a_refusal_is_shown_again(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client)
    await as_user(client, "approver")
    assert 'id="export" autocomplete="off" hx-boost="false"' in (await client.get(page)).text
    refused = await send(client, page, action="export")
    assert (refused.status_code, 'href="#export-reason"' in refused.text) == (422, True)
    assert (await send(client, page, action="export", reason="本人申请")).json()["data"]["name"] == "欧阳晓燕"


async def test_a_reason_why_not_fills_in_its_values(enter: Enter) -> None:
    client = await enter("admin")
    text = (await client.get(await registered(client))).text
    assert re.search("资料依法至少保存至 20[0-9-]{8}。", text)
    assert "%(" not in text
