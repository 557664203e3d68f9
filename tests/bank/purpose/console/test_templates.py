"""The pages of templates: their versions and cases, and a version that a second person approves."""

import re

import httpx

from canglian.app.opening import Opened
from canglian.bank.purpose import PurposeTemplate
from canglian.kernel.queries.entities import some
from tests.web.entering import Enter, send

TEMPLATES = "/console/purpose-templates"


def filled(page: str) -> dict[str, str]:
    """What stands in the form of a page."""
    form = page.partition('id="f"')[2]
    texts = re.findall(r'<input class="form-control[^"]*"\s+name="([^"]+)"[^>]*?value="([^"]*)"', form)
    texts += [
        (name, value)
        for value, name in re.findall(r'<input class="form-control" [^>]*value="([^"]*)"[^>]*name="([^"]+)"', form)
    ]
    ticks = re.findall(r'<input type="checkbox" name="([^"]+)" value="yes" checked>', form)
    chosen = re.findall(r'<select[^>]*name="([^"]+)".*?<option value="([^"]*)" selected>', form, re.DOTALL)
    return {**dict(texts), **dict(chosen), **dict.fromkeys(ticks, "yes")}


async def proposed(client: httpx.AsyncClient, code: str = "welfare", **changes: str) -> httpx.Response:
    """A version that was sent, the latest one with some changes."""
    at = f"{TEMPLATES}/{code}/new"
    values = {**filled((await client.get(at)).text), "note": "工会办公会决定", "reason": "提高单次上限", **changes}
    return await send(client, at, **{name: value for name, value in values.items() if value})


async def test_a_version_is_proposed_and_in_force_once_another_person_has_approved_it(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    for path in (TEMPLATES, f"{TEMPLATES}/welfare"):
        page = (await client.get(path)).text
        assert "定向福利" in page, path
    assert "酒吧拒付" in page
    assert "不符" not in page
    answer = await proposed(client, amount_max="800.00", case2_amount="800.01")
    assert answer.status_code == 303, answer.text
    proposal = answer.headers["location"]
    assert "待审批" in (await client.get(f"{TEMPLATES}/welfare")).text
    assert await some(installation.services.reader, 1, PurposeTemplate, "code", "welfare") == []
    client.cookies.clear()
    approver = await enter("approver")
    answer = await send(approver, proposal, action="approve")
    assert answer.status_code == 303, answer.text
    page = (await client.get(f"{TEMPLATES}/welfare")).text
    assert "¥800.00" in page
    assert "¥500.00" in page
    (version,) = [
        made
        for made in await some(installation.services.reader, 1, PurposeTemplate, "code", "welfare")
        if made.version == 2
    ]
    assert version.rules.amount_max == 80_000
    assert version.rules.blocked.goods == ("alcohol", "tobacco")
    assert len(version.cases) == 3


async def test_one_version_of_a_template_waits_at_a_time(enter: Enter) -> None:
    client = await enter("operator")
    assert f'href="{TEMPLATES}/welfare/new"' in (await client.get(f"{TEMPLATES}/welfare")).text
    filed = (await proposed(client, amount_max="800.00", case2_amount="800.01")).headers["location"]
    page = (await client.get(f"{TEMPLATES}/welfare")).text
    assert f'href="{TEMPLATES}/welfare/new"' not in page
    assert f'href="{filed}"' in page
    second = await proposed(client, amount_max="900.00", case2_amount="900.01")
    assert second.status_code == 422
    assert filed.rpartition("/")[2] in second.text
    assert (await send(client, filed, action="withdraw")).status_code == 303
    assert (await proposed(client, amount_max="900.00", case2_amount="900.01")).status_code == 303


async def test_a_version_whose_cases_fail_is_not_filed(enter: Enter) -> None:
    client = await enter("operator")
    for changes, said in (
        ({"amount_max": "800.00"}, "Above one use"),
        ({"from_time": "8 o'clock"}, "08:30"),
        ({"case0_category": "54"}, "需要四位类别代码"),
        ({"from_time": "21:00", "until_time": "08:00"}, "自相矛盾"),
    ):
        answer = await proposed(client, **changes)
        assert answer.status_code == 422, changes
        assert said in answer.text, changes
    assert (await client.get(f"{TEMPLATES}/nothing")).status_code == 404


async def test_a_template_of_its_own_is_proposed(enter: Enter) -> None:
    client = await enter("operator")
    form = {
        "code": "meals",
        "kind": "welfare",
        "name": "敬老餐",
        "category_5812": "yes",
        "day_1": "yes",
        "from_time": "10:30",
        "until_time": "13:30",
        "release": "each_use",
        "on_expiry": "return",
        "case0_name": "面馆可付",
        "case0_category": "5812",
        "case0_region": "330106",
        "case0_amount": "12.00",
        "case0_on": "2026-06-01",
        "case1_name": "酒吧拒付",
        "case1_category": "5813",
        "case1_region": "330106",
        "case1_amount": "12.00",
        "case1_on": "2026-06-01",
        "case1_expected": "purpose.category_not_allowed",
        "note": "民政局文件",
        "reason": "敬老月",
    }
    answer = await send(client, f"{TEMPLATES}/new/new", **form)
    assert answer.status_code == 303, answer.text
