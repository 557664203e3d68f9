"""The calendar by page and API: looked at by everybody, changed by administrators."""

import re

from tests.conftest import Caller
from tests.web.entering import Enter, send

PAGE = "/console/calendar/2026"


async def test_a_year_is_taken_as_announced_and_a_day_changed(enter: Enter, call: Caller) -> None:
    admin = await enter("admin")
    assert "尚未录入" in (await admin.get("/console/calendar")).text
    assert "尚未录入" in (await admin.get(PAGE)).text
    assert (await send(admin, PAGE, f"{PAGE}/announced")).status_code == 303
    page = (await admin.get(PAGE)).text
    assert 'title="春节"' in page
    names = re.findall(r'<th scope="col">(.)</th>', page)[:7]
    assert "".join(names) == "一二三四五六日", "a week begins on Monday"
    first = re.search(r"1月</caption>.*?<tbody>.*?<tr>(.*?)</tr>", page, re.S)
    assert first
    assert re.sub(r"<[^>]+>|\s", " ", first[1]).split() == ["1", "2", "3", "4"], "2026 begins on a Thursday"
    assert "尚未录入" not in page
    assert f'action="{PAGE}/announced"' not in page, "it is there as announced"
    changed = await send(admin, PAGE, action="change-day", day="2026-03-03", day_kind="holiday", name="司庆")
    assert changed.status_code == 303, changed.text
    assert 'title="司庆"' in (await admin.get(PAGE)).text
    twice = await send(admin, PAGE, action="change-day", day="2026-03-03", day_kind="holiday", name="司庆")
    assert (twice.status_code, "2026-03-03 已是该类型" in twice.text) == (422, True)
    found = (await call("GET", "/v1/business-days/2026-03-03")).json()
    assert found == {
        "day": "2026-03-03",
        "is_business_day": False,
        "confirmed": True,
        "name": "司庆",
        "previous": "2026-03-02",
        "next": "2026-03-04",
    }
    assert (await call("GET", "/v1/business-days/2027-01-04")).json()["confirmed"] is False
    assert (await call("GET", "/v1/calendar-years/2027")).json()["code"] == "calendar_year.not_found"
    assert [year["year"] for year in (await call("GET", "/v1/calendar-years")).json()["data"]] == [2026]
    for path in ("/console/calendar/1", "/console/calendar/9999"):
        assert (await admin.get(path)).status_code == 404, path


async def test_an_operator_looks_and_changes_nothing(enter: Enter) -> None:
    operator = await enter("operator")
    page = await operator.get(PAGE)
    assert (page.status_code, "/announced" in page.text, "change-day" in page.text) == (200, False, False)
    assert (await send(operator, PAGE, f"{PAGE}/announced")).status_code == 403
    assert (await send(operator, PAGE, action="change-day", day="2026-03-03")).status_code == 403
