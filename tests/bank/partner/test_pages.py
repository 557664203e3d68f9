"""The pages of partners: registered by one person, let in by another, given an app and a key."""

import re

from canglian.app.opening import Opened
from tests.bank.partner.calling import GROUP, made
from tests.bank.partner.test_partners import public_key
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["enter"]

PARTNERS = "/console/partners"


async def test_a_partner_is_registered_by_one_and_let_in_by_another(enter: Enter) -> None:
    operator = await enter("operator")
    assert "还没有机构申请" in (await operator.get(PARTNERS)).text
    wrong = await send(operator, f"{PARTNERS}/new", action="register", name="晴川", registration="91320500MA1MTE5Q24")
    assert wrong.status_code == 422
    sent = await send(operator, f"{PARTNERS}/new", action="register", name="晴川光伏集团", registration=GROUP)
    assert sent.status_code == 303, sent.text
    page = sent.headers["location"]
    assert "等待另一人" in (await operator.get(page)).text
    operator.cookies.clear()
    approver = await enter("approver")
    assert "待审合作方" in (await approver.get("/console")).text
    assert (await send(approver, page, action="accept")).status_code == 303
    assert 'id="f-' not in (await approver.get(page)).text, "an approver gives no apps"
    approver.cookies.clear()
    admin = await enter("admin")
    sent = await send(
        admin, page, action="add-app", name="屋顶平台", **{"scopes_products:read": "yes"},
        networks="203.0.113.0/24，198.51.100.7", rate_per_second="50", calls_per_day="",
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    app = sent.headers["location"]
    text = (await admin.get(app)).text
    assert "查看产品" in text
    assert "198.51.100.7" in text
    assert "还没有密钥" in text
    assert re.search(r'name="scopes_products:read"[^>]*checked', text), "what it may do stands ticked"
    assert 'maxlength="40"' not in text
    changed = await send(admin, app, action="change", networks="", rate_per_second="7", calls_per_day="")
    assert changed.status_code == 303, changed.text
    sent = await send(admin, app, action="add-key", public_key=public_key(), others_end_in="")
    assert sent.headers["location"] == app, sent.text
    text = (await admin.get(app)).text
    (key,) = re.findall(r'name="partner_key" value="(pky_\w+)"', text)
    assert (await send(admin, app, action="revoke", partner_key=key)).headers["location"] == app
    assert 'name="partner_key"' not in (await admin.get(app)).text
    sent = await send(admin, app, action="add-secret", others_end_in="")
    text = (await admin.get(sent.headers["location"])).text
    (secret,) = re.findall(r"<code>([\w.]+:hmac-sha256:[\w+/=]+)</code>", text)
    assert secret not in (await admin.get(app)).text
    admin.cookies.clear()
    other = await enter("auditor")
    assert secret not in (await other.get(sent.headers["location"])).text
    other.cookies.clear()
    admin = await enter("admin")
    assert (await send(admin, page, action="exit", reason="到期")).status_code == 303
    text = (await admin.get(app)).text
    assert "已不能再办理任何业务" in text


async def test_whoever_registered_a_partner_reads_why_another_decides(enter: Enter) -> None:
    admin = await enter("admin")
    sent = await send(admin, f"{PARTNERS}/new", action="register", name="晴川光伏集团", registration=GROUP)
    page = sent.headers["location"]
    assert (await admin.get(page)).text.count("须由另一人审核") == 2
    assert (await send(admin, page, action="accept")).status_code == 422


async def test_who_may_not_is_refused(installation: Opened, enter: Enter) -> None:
    app = await made(installation)
    viewer = await enter("viewer")
    assert (await viewer.get(f"{PARTNERS}/{app.partner.id}")).status_code == 200
    for path, action in ((f"{PARTNERS}/{app.partner.id}", "suspend"), (f"/console/partner-apps/{app.app.id}", "end")):
        assert (await send(viewer, path, action=action, reason="x")).status_code == 403
    viewer.cookies.clear()
    visitor = await enter("visitor")
    assert (await visitor.get(PARTNERS)).status_code == 403
