"""The book over HTTP: its assets, chart of accounts, business date, history and trial balance."""

from datetime import date, timedelta

from tests.conftest import Caller


async def test_an_asset_and_a_head_are_added_once(call: Caller) -> None:
    points = {"code": "PTS:xincheng", "name": "新城积分", "scale": 0}
    head = {"code": "2242", "name": "积分负债", "head_class": "liability", "normal_side": "credit"}
    for path, body, code in (("/v1/assets", points, "asset.exists"), ("/v1/heads", head, "head.exists")):
        made = await call("POST", path, body)
        assert (made.status_code, made.json()) == (201, body)
        again = await call("POST", path, body)
        assert (again.status_code, again.json()["code"]) == (422, code)
        assert body in (await call("GET", path)).json()["data"]
    account = await call("POST", "/v1/accounts", {"asset": "PTS:xincheng", "head": "2242", "floor": None})
    assert (account.status_code, account.json()["normal_side"]) == (201, "credit")


async def test_the_business_date_moves_forward_only(call: Caller) -> None:
    today = date.fromisoformat((await call("GET", "/v1/day")).json()["today"])
    tomorrow = (today + timedelta(days=1)).isoformat()
    shown = await call("POST", "/v1/day/close?dry_run=true", {"next_day": tomorrow})
    assert shown.json() == {"today": tomorrow}
    assert (await call("GET", "/v1/day")).json()["today"] == today.isoformat()
    moved = await call("POST", "/v1/day/close", {"next_day": tomorrow})
    assert (moved.status_code, moved.json()) == (200, {"today": tomorrow})
    back = await call("POST", "/v1/day/close", {"next_day": today.isoformat()})
    assert (back.status_code, back.json()["code"]) == (422, "book.day_not_later")
    assert (await call("GET", "/v1/day")).json()["today"] == tomorrow


async def test_the_business_date_is_not_moved_by_years_with_one_key(call: Caller) -> None:
    today = date.fromisoformat((await call("GET", "/v1/day")).json()["today"])
    for days in (8, 1461):
        far = {"next_day": (today + timedelta(days=days)).isoformat()}
        for query in ("", "?dry_run=true"):
            refused = await call("POST", f"/v1/day/close{query}", far)
            assert (refused.status_code, refused.json()["code"]) == (422, "approval.required")
    assert (await call("GET", "/v1/day")).json()["today"] == today.isoformat()
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert (await call("POST", "/v1/day/close", {"next_day": tomorrow})).json() == {"today": tomorrow}


async def test_the_business_date_goes_to_the_next_business_day_alone_and_no_further(call: Caller) -> None:
    today = date.fromisoformat((await call("GET", "/v1/day")).json()["today"])
    off = [today + timedelta(days=days) for days in (1, 2, 3)]
    for year in sorted({day.year for day in (*off, today + timedelta(days=4), today + timedelta(days=5))}):
        holidays = [{"day": day.isoformat(), "name": "春节"} for day in off if day.year == year]
        work = [today + timedelta(days=days) for days in (4, 5)]
        workdays = [{"day": day.isoformat(), "name": "春节"} for day in work if day.year == year and day.weekday() > 4]
        body = {"year": year, "holidays": holidays, "workdays": workdays, "source": "公告"}
        assert (await call("POST", "/v1/calendar-years", body)).status_code == 201
    close = "/v1/day/close?dry_run=true"
    for days in (1, 2, 3, 4):
        near = await call("POST", close, {"next_day": (today + timedelta(days=days)).isoformat()})
        assert near.status_code == 200, (days, near.text)
    for days in (5, 7):
        far = await call("POST", close, {"next_day": (today + timedelta(days=days)).isoformat()})
        assert (far.status_code, far.json()["code"]) == (422, "approval.required")
    following = (today + timedelta(days=4)).isoformat()
    assert (await call("POST", "/v1/day/close", {"next_day": following})).json() == {"today": following}


async def test_history_comes_with_its_own_dates_and_in_their_order(call: Caller) -> None:
    for floor in (None, 0):
        await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011", "floor": floor})
    line = {"debit": 1, "credit": 2, "amount": 100, "code": "history.import"}
    lines = [
        {**line, "date": "2026-01-05", "happened_at": "2026-01-05T09:30:00+08:00"},
        {**line, "happened_at": "2026-01-07T01:00:00+08:00"},
        {**line, "date": "2026-01-06"},
        {**line, "date": "2999-01-01"},
    ]
    done = (await call("POST", "/v1/transfers/history", {"lines": lines})).json()
    assert (done["posted"], done["refused"], done["transfers"]) == (2, 2, [1, 2, 0, 0])
    assert [(e["line"], e["code"]) for e in done["errors"]] == [
        (2, "history.out_of_order"),
        (3, "history.date_in_future"),
    ]
    first = (await call("GET", "/v1/transfers/1")).json()
    assert (first["date"], first["happened_at"], first["imported"]) == ("2026-01-05", "2026-01-05T01:30:00Z", True)
    assert (await call("GET", "/v1/transfers/2")).json()["date"] == "2026-01-07"
    assert (await call("GET", "/v1/accounts/2/balance?date=2026-01-06")).json()["balance"] == 100
    found = (await call("GET", "/v1/transfers?date.gte=2026-01-06&date.lte=2026-01-31")).json()["data"]
    assert [row["id"] for row in found] == [2]


async def test_the_trial_balance_is_zero_today_and_on_any_past_date(call: Caller) -> None:
    for head in ("1003", "2011"):
        await call("POST", "/v1/accounts", {"asset": "CNY", "head": head, "floor": None})
    line = {"debit": 1, "credit": 2, "amount": 100, "code": "history.import"}
    lines = [{**line, "date": "2026-01-05"}, {**line, "date": "2026-01-08", "amount": 30}]
    assert (await call("POST", "/v1/transfers/history", {"lines": lines})).json()["posted"] == 2
    for query, amount in (("", 130), ("?date=2026-01-08", 130), ("?date=2026-01-06", 100), ("?date=2026-01-04", 0)):
        found = (await call("GET", f"/v1/trial-balance{query}")).json()
        assert found["balanced"] is True
        figures = [(row["head"], row["debit_balance"], row["credit_balance"]) for row in found["lines"]]
        assert figures == [("1003", amount, 0), ("2011", 0, amount)], query
        assert [total["difference"] for total in found["totals"]] == [0]
    table = await call("GET", "/v1/trial-balance?date=2026-01-06", headers={"accept": "text/csv"})
    rows = table.text.removeprefix("\ufeff").splitlines()
    assert rows[0] == "asset,head,name,head_class,accounts,debits,credits,debit_balance,credit_balance"
    assert [row.split(",")[-2:] for row in rows[1:]] == [["100", "0"], ["0", "100"]]
    assert 'filename="trial-balance-2026-01-06.csv"' in table.headers["content-disposition"]
    future = await call("GET", "/v1/trial-balance?date=2999-01-01")
    assert (future.status_code, future.json()["code"]) == (400, "balance.in_future")
