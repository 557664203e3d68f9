"""The pages of deposit accounts: opened, found, moved, frozen, bound, closed; products; the rail."""

import html
import re
from datetime import date

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD
from canglian.app.opening import Opened
from canglian.bank.deposit.commands import AnswerElements, AnswerRailOrder, ReconcileRailLine
from canglian.bank.deposit.model import RailKind
from canglian.bank.deposit.queries import accounts, outside
from canglian.bank.deposit.queries.outside import RailOrderFilter
from canglian.kernel.queries.paging import Order
from tests.bank.party.console.test_pages import registered
from tests.bank.party.people import identity
from tests.papers import require_typefaces
from tests.web.entering import Enter, send

DEPOSITS = "/console/deposits"


async def as_user(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    await send(client, "/console/login", login=login, password=PASSWORD)


async def seen(client: httpx.AsyncClient, serial: int = 1) -> str:
    """The id of a person who was verified face to face."""
    page = await registered(client, serial)
    paper = {
        "document_kind": "identity_card",
        "number": identity(serial),
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
    }
    await send(client, page, action="add-document", **paper)
    document = re.search(r'value="(doc_[0-9a-z]{26})"', (await client.get(page)).text)
    assert document
    await send(client, page, action="verify", document=document[1], place="柜台")
    return page.rsplit("/", 1)[1]


async def opened(client: httpx.AsyncClient, serial: int = 1, product: str = "deposit.class1") -> str:
    """The page of an account that was opened at the counter."""
    answer = await send(client, f"{DEPOSITS}/new", product=product, party=await seen(client, serial))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def available(installation: Opened, page: str) -> int:
    """What the account of a page says can be paid out."""
    return (await accounts.account(installation.services.reader, 1, page.rpartition("/")[2])).available


async def test_an_account_is_opened_at_the_counter_and_found_by_its_whole_number(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    page = await opened(client)
    services = installation.services
    stored = await accounts.stored(services.reader, 1, page.rsplit("/", 1)[1])
    number = services.keyring.open(stored.number_sealed, "deposit_account.number")
    for path in (page, DEPOSITS, f"{DEPOSITS}?format=csv", f"{DEPOSITS}?class=class1&state=active&stopped=no"):
        text = (await client.get(path)).text
        assert stored.number_mask in text, path
        assert number not in text
    found = await send(client, DEPOSITS, f"{DEPOSITS}/search", number=number)
    assert (found.status_code, found.headers["location"]) == (303, page)
    wrong = await send(client, DEPOSITS, f"{DEPOSITS}/search", number=number[:-1] + str((int(number[-1]) + 1) % 10))
    assert (wrong.status_code, "账号校验位不正确" in wrong.text) == (422, True)
    assert stored.number_mask not in (await client.get(f"{DEPOSITS}?class=class2")).text


async def test_what_cannot_be_opened_for_a_customer_is_not_offered_and_says_why(enter: Enter) -> None:
    client = await enter("operator")
    unseen = (await registered(client)).rsplit("/", 1)[1]
    sent = await send(client, f"{DEPOSITS}/new", product="deposit.class2", party=unseen)
    assert sent.status_code == 422
    for text in (sent.text, (await client.get(f"{DEPOSITS}/new?party={unseen}")).text):
        assert 'name="product"' not in text
        assert re.search(r'type="submit" disabled data-disabled>', text), "a button that can only fail is greyed"
        assert f'value="{unseen}" checked' in text
        others = text.partition('id="not-now"')[2].partition("</section>")[0]
        assert "须先核实客户身份：要求面签，现为未核验。" in others
        assert f'<a href="/console/people/{unseen}#verify">面签核验</a>' in others
        assert "该产品不适用于这类客户（个人）。" in others
        assert "内部账户没有持有人。" in others
        assert not re.search(r"face_to_face|person\b|deposit\.", re.sub(r'href="[^"]+"', "", others))


async def test_products_of_a_customer_who_was_seen_are_offered_until_there_are_enough(enter: Enter) -> None:
    client = await enter("operator")
    person = await seen(client)
    form = f"{DEPOSITS}/new?party={person}"
    assert re.findall(r'<option value="(deposit\.\w+)"', (await client.get(form)).text) == [
        "deposit.class1",
        "deposit.class2",
        "deposit.class3",
    ]
    await send(client, f"{DEPOSITS}/new", product="deposit.class1", party=person)
    text = (await client.get(form)).text
    assert 'value="deposit.class1"' not in text
    assert 'value="deposit.class2"' in text
    assert "该客户已有 1 个，最多 1 个。" in text
    assert 'id="not-now"' not in (await client.get(f"{DEPOSITS}/new")).text, "nothing is said without a customer"


async def test_cash_comes_in_and_shows_with_the_limits_left(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client, product="deposit.class2")
    assert (await send(client, page, action="cash", direction="in", amount="5000")).status_code == 303
    text = (await client.get(page)).text
    assert "¥5,000.00" in text
    assert 'id="limits"' in text
    asked = text.partition('id="cash"')[2].partition("</form>")[0]
    assert 'data-confirm="{direction} {amount} 元。办理前余额 ¥5,000.00。"' in asked
    pattern = re.search(r'name="amount"[^>]*pattern="([^"]+)"', asked)
    assert pattern, "the browser refuses what is no amount before it asks"
    for typed, fits in (
        ("5000", True),
        ("1,000.50", True),
        ("¥8", True),
        ("1e2", False),
        ("五千", False),
        ("-1", False),
    ):
        assert bool(re.fullmatch(html.unescape(pattern[1]), typed)) is fits, typed
    over = await send(client, page, action="cash", direction="in", amount="5000.01")
    assert over.status_code == 422
    assert (await client.get(page)).text.count("¥5,000.01") == 0
    typed = await send(client, page, action="cash", direction="in", amount="五千")
    assert 'href="#cash-amount"' in typed.text
    bound = await send(client, page, action="cash", direction="in", amount="10000000000000.01")
    assert "10,000,000,000,000.00" in bound.text, "a bound is told as it is typed"
    assert typed.text.count('value="五千"') == 1, "what was typed comes back to the form that was sent only"


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("reference", {"action": "cash", "direction": "in", "amount": "5000"}),
        ("reason", {"action": "freeze", "freeze_kind": "out", "cause": "risk"}),
        ("authority", {"action": "report-case", "case_reference": "新公刑 2026-1", "reason": "诈骗"}),
        ("case_reference", {"action": "report-case", "authority": "新城县公安局", "reason": "诈骗"}),
    ],
)
async def test_no_form_keeps_a_personal_number(
    enter: Enter, installation: Opened, field: str, form: dict[str, str]
) -> None:
    client = await enter("operator")
    page = await opened(client, product="deposit.class2")
    refused = await send(client, page, **form, **{field: "本人 13800138000"})
    assert (refused.status_code, "请勿填写证件号码" in refused.text) == (422, True)
    rows = await installation.services.reader.rows("SELECT payload FROM command WHERE book = $1", 1)
    assert not [row for row in rows if "13800138000" in str(row)]


async def test_an_operator_freezes_and_an_approver_lifts(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    page = await opened(client)
    assert (await send(client, page, action="cash", direction="in", amount="50")).status_code == 303
    frozen = {
        "action": "freeze",
        "freeze_kind": "out",
        "cause": "order",
        "authority": "新城县人民法院",
        "reason": "协助冻结",
    }
    assert (await send(client, page, **frozen)).status_code == 303
    text = (await client.get(page)).text
    assert "止付" in text
    assert await available(installation, page) == 0, "nothing can leave"
    freeze = re.search(r"frz_[0-9a-z]{26}", text)
    assert freeze is None, "an operator sees no form to lift it"
    assert "由审批人解除" in text
    await as_user(client, "approver")
    text = (await client.get(page)).text
    freeze = re.search(r'value="(frz_[0-9a-z]{26})"', text)
    assert freeze
    lifted = await send(client, page, action="lift-freeze", freeze=freeze[1], reason="解除")
    assert lifted.status_code == 303
    assert 'role="status"' not in (await client.get(page)).text
    assert await available(installation, page) == 5_000


async def test_a_case_reaches_the_holders_other_account(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    party = re.search(r"pty_[0-9a-z]{26}", (await client.get(page)).text)
    assert party
    other = (await send(client, f"{DEPOSITS}/new", product="deposit.class2", party=party[0])).headers["location"]
    case = {"action": "report-case", "case_reference": "新公刑 2026-1", "authority": "新城县公安局", "reason": "诈骗"}
    assert (await send(client, page, **case)).status_code == 303
    assert "不收不付" in (await client.get(page)).text
    assert "暂停非柜面业务" in (await client.get(other)).text
    await as_user(client, "approver")
    cleared = await send(client, page, action="clear-case", case_reference="新公刑 2026-1", reason="撤案")
    assert cleared.status_code == 303
    assert 'role="status"' not in (await client.get(other)).text


async def test_an_account_at_another_bank_is_bound_and_money_goes_there(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    page = await opened(client)
    await send(client, page, action="cash", direction="in", amount="100")
    bound = await send(client, page, action="bind", number="6228480400556677889", bank="农村信用社")
    assert bound.status_code == 303
    text = (await client.get(page)).text
    assert "622848*********7889" in text
    assert "6228480400556677889" not in text
    services = installation.services
    (account_bound,) = await outside.bound_to(services.reader, 1, page.rsplit("/", 1)[1])
    answer = AnswerElements(bound_account=account_bound.id, elements=5, matched=True, reference="el")
    await services.engine.execute(1, answer, actor="test")
    await send(client, page, action="confirm-by-transfer", bound_account=account_bound.id)
    orders = await outside.orders(services.reader, 1, RailOrderFilter(kind=RailKind.ONE_CENT), Order())
    assert orders.items[0].amount is None
    sent = await services.engine.execute(
        1, AnswerRailOrder(order=orders.items[0].id, succeeded=True, reference="R"), actor="test"
    )
    confirmed = await send(
        client, page, action="tell-transfer", bound_account=account_bound.id, amount=f"0.{sent.amount:02d}"
    )
    assert confirmed.status_code == 303
    pushed = await send(client, page, action="push", bound_account=account_bound.id, amount="40")
    assert pushed.status_code == 303
    assert "¥40.00" in (await client.get("/console/rail-orders?kind=push&state=requested")).text


async def test_the_statement_is_read_and_saved_in_every_form(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    await send(client, page, action="cash", direction="in", amount="12.50")
    path = f"{page}/statement"
    assert "¥12.50" in (await client.get(path)).text
    for form, start in (("csv", b"\xef\xbb\xbf"), ("camt053", b"<?xml"), ("pdf", b"%PDF-")):
        if form == "pdf":
            require_typefaces()
        file = await client.get(f"{path}?format={form}")
        assert file.content.startswith(start), form
        assert file.headers["cache-control"] == "no-store"


async def test_an_empty_account_is_closed(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    assert (await send(client, page, action="close", reason="客户申请")).status_code == 303
    assert "已销户" in (await client.get(page)).text
    again = await send(client, page, action="freeze", freeze_kind="in", cause="risk", reason="x")
    assert again.status_code == 422


async def test_an_administrator_adds_a_version_of_a_product_and_of_the_figures(enter: Enter) -> None:
    client = await enter("admin")
    path = "/console/deposit-products"
    form = {
        "action": "add",
        "code": "deposit.class1",
        "product_class": "class1",
        "name": "个人Ⅰ类账户",
        "rate_ppm": "0.1",
        "per_party_max": "1",
        "unbound_in": "always",
        "active": "yes",
    }
    assert (await send(client, path, **form)).status_code == 303
    assert "0.1000 %" in (await client.get(path)).text
    wrong = await send(client, path, **{**form, "rate_ppm": "很高"})
    assert (wrong.status_code, 'href="#add-rate_ppm"' in wrong.text) == (422, True)
    figures = "/console/deposit-policies"
    new = {
        "action": "add",
        "effective_from": "2099-01-01",
        "number_prefix": "621999",
        "settlement_day": "20",
        "settlement_months": "3 6 9 12",
        "confirmation_max": "0.50",
        "confirmation_tries": "3",
        "confirmation_hours": "72",
        "note": "年度复核",
    }
    assert (await send(client, figures, **new)).status_code == 303
    assert "2099-01-01" in (await client.get(figures)).text
    assert "账号前缀" in (await client.get(figures)).text
    bad = await send(client, figures, **{**new, "settlement_months": "三月"})
    assert (bad.status_code, 'href="#add-settlement_months"' in bad.text) == (422, True)


async def test_a_difference_is_shown_and_resolved_by_an_approver(enter: Enter, installation: Opened) -> None:
    line = ReconcileRailLine(
        date=date(2020, 1, 1),
        order="rail_nobody",
        order_kind=RailKind.PULL,
        amount=500,
        succeeded=True,
        reference="R-9",
    )
    done = await installation.services.engine.execute(1, line, actor="test")
    client = await enter("operator")
    assert "未知指令" in (await client.get("/console/rail-differences?resolved=no")).text
    page = f"/console/rail-differences/{done.difference}"
    assert "¥5.00" in (await client.get(page)).text
    await as_user(client, "approver")
    assert (await send(client, page, resolution="对方测试数据")).status_code == 303
    assert "对方测试数据" in (await client.get(page)).text


@pytest.mark.parametrize("login", ["viewer", "auditor"])
async def test_who_may_only_look_changes_nothing(enter: Enter, login: str) -> None:
    client = await enter("operator")
    page = await opened(client)
    token_page = await client.get(page)
    await as_user(client, login)
    text = (await client.get(page)).text
    assert "您的角色" in text or "may-not" in text
    token = re.search(r'name="_token" value="([^"]+)"', (await client.get(DEPOSITS)).text)
    assert token
    for path, form in (
        (page, {"action": "freeze", "freeze_kind": "in", "cause": "risk", "reason": "x"}),
        (page, {"action": "lift-freeze", "freeze": "frz_" + "0" * 26, "reason": "x"}),
        (f"{DEPOSITS}/new", {"product": "deposit.class1"}),
        ("/console/deposit-products", {"code": "deposit.class1"}),
        ("/console/deposit-policies", {"note": "x"}),
        (f"/console/rail-differences/rdf_{'0' * 26}", {"resolution": "x"}),
    ):
        answer = await client.post(path, data={"_token": token[1], **form})
        assert answer.status_code == 403, path
    assert token_page.status_code == 200
