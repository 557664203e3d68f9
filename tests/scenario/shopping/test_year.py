"""The demo's year: its plan is whole, a month of it is lived, and what was done is not done again."""

from collections import Counter
from datetime import date, timedelta

from canglian.app.demo.living import MovedClock
from canglian.app.opening import Opened, opened, today
from canglian.kernel.settings import Settings
from canglian.ledger.commands import CloseDay
from canglian.scenario.shopping.demo.city import City
from canglian.scenario.shopping.demo.year.days import Year
from canglian.scenario.shopping.demo.year.plan import CAMPAIGNS, DAYS, THEME_DAYS, THEMES, campaigns, purchases
from canglian.web.demo_names import SHOPS

FIRST = today() - timedelta(days=40)
LIVED = THEME_DAYS + 1
PEOPLE = 5


def test_the_plan_has_200_campaigns_each_within_its_theme() -> None:
    plan = campaigns()
    assert len(plan) == CAMPAIGNS == 200
    assert set(Counter(planned.theme for planned in plan)) == set(range(len(THEMES)))
    for planned in plan:
        begins = planned.theme * THEME_DAYS
        assert begins <= planned.first < planned.last < begins + THEME_DAYS <= DAYS
    assert plan == campaigns()
    on = [planned for planned in plan if planned.first <= 100 <= planned.last]
    assert purchases(100, date(2026, 4, 15), on, 9, 40) == purchases(100, date(2026, 4, 15), on, 9, 40)


async def test_a_theme_is_lived_settled_and_not_lived_again(configuration: Settings) -> None:
    clock = MovedClock()
    clock.move_to(FIRST)
    async with opened(configuration, clock=clock) as installation:
        book = (await installation.open_book("main", "总行", actor="test")).id
        year = await entered(installation, book)
        for day in range(LIVED):
            if day:
                on = FIRST + timedelta(days=day)
                await installation.services.engine.execute(book, CloseDay(next_day=on), actor="test")
                clock.move_to(on)
            await year.live(FIRST + timedelta(days=day))
        await agrees(installation, book)
        before = (await installation.services.store.state(book)).commands
        again = await entered(installation, book)
        await again.live(FIRST + timedelta(days=LIVED - 1))
        assert (await installation.services.store.state(book)).commands == before
        await again.prepare()
        counted = await installation.services.store.pool.fetchval("SELECT count(*) FROM campaign")
        assert counted == 2 * len(THEMES)


async def entered(installation: Opened, book: int) -> Year:
    on = (await installation.services.store.state(book)).today
    return await Year.opened(City(installation.services, book, on), campaigns(2 * len(THEMES), len(SHOPS)), PEOPLE)


async def agrees(installation: Opened, book: int) -> None:
    """What was over is settled; what coupons took off was spent; the places of funders come to what they paid in."""
    pool = installation.services.store.pool
    states = Counter([row[0] for row in await pool.fetch("SELECT state FROM campaign")])
    assert states["settled"] >= 2
    spent, used = await pool.fetchrow(
        "SELECT (SELECT sum(captured - refunded)::bigint FROM payment_line WHERE book = $1 AND discount), "
        "(SELECT sum(used)::bigint FROM coupon WHERE book = $1)",
        book,
    )
    assert spent == used > 0
    planned = {each.name: each.budget for each in campaigns(2 * len(THEMES), len(SHOPS))}
    rows = await pool.fetch(
        "SELECT c.name, sum(b.credits - b.debits)::bigint AS has FROM campaign c "
        "JOIN account a ON a.book = $1 AND a.owner = c.id AND a.floor IS NOT NULL "
        "JOIN balance b ON b.book = $1 AND b.account = a.id WHERE c.book = $1 GROUP BY c.name",
        book,
    )
    assert {row["name"]: row["has"] for row in rows} == {row["name"]: planned[row["name"]] for row in rows} != {}
