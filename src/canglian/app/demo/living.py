"""The last business days of the demo: each is lived by every room and ended, but for the one on which it is left.

They are lived by a clock that is moved back, so what happened on a day says so. A fill that was killed goes on with the
business date on which the book stands.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from canglian.app.demo.filling import ACTOR, Filling
from canglian.app.demo.logins import enter_logins, make_logins
from canglian.app.opening import Opened, today
from canglian.app.rooms import rooms
from canglian.kernel.values import utc_now
from canglian.ledger.commands import CloseDay
from canglian.web.room import Past
from canglian.web.system import queries

CODE = "xincheng"
NAME = "新城支行"
YEAR_CODE = "gusu"
YEAR_NAME = "姑苏支行"
_YEAR_DAYS = 350
_LIVED = "demo:year"


class MovedClock:
    """The wall clock, or the same time of an earlier day."""

    def __init__(self) -> None:
        self._back = timedelta()

    def __call__(self) -> datetime:
        return utc_now() - self._back

    def move_to(self, day: date) -> None:
        """Show the time of a day."""
        self._back = today() - day


class Living:
    """The demo of an installation whose engine goes by a clock."""

    def __init__(self, installation: Opened, clock: MovedClock) -> None:
        self._installation = installation
        self._services = installation.services
        self._clock = clock

    async def fill(self, progress: Callable[[int, int], None]) -> None:
        """Open the demo book and live its days, unless an earlier run has; rooms that are new are filled."""
        first, last = span(today())
        profile = await queries.book(self._services.reader, CODE)
        if profile is None:
            self._clock.move_to(first - timedelta(days=_days_before()))
            profile = await self._installation.open_book(CODE, NAME, actor=ACTOR, key="demo:book")
        filling = Filling(self._services.engine, self._services.store, profile.id)
        done = await filling.is_done()
        if not done:
            self._clock.move_to(await self._date(profile.id))
        await make_logins(self._services, profile.id)
        if not done:
            await self._live_past(profile.id)
            await filling.live_until_now(progress)
        for room in rooms():
            if room.demo is not None:
                await room.demo(self._services, profile.id)
        if not done:
            await self._live(filling, profile.id, last)

    async def live_year(self, progress: Callable[[int, int], None]) -> None:
        """Open a further branch and live its last year, unless an earlier run has; one that was killed goes on."""
        last = today()
        profile = await queries.book(self._services.reader, YEAR_CODE)
        if profile is None:
            self._clock.move_to(last - timedelta(days=_YEAR_DAYS))
            profile = await self._installation.open_book(YEAR_CODE, YEAR_NAME, actor=ACTOR, key=_LIVED)
            await enter_logins(self._services, profile.id)
        book, begun = profile.id, await self._date(profile.id)

        async def end_day() -> bool:
            day = await self._date(book)
            progress((day - begun).days, (last - begun).days)
            if day >= last:
                return False
            await self._close(book, day)
            self._clock.move_to(await self._date(book))
            return True

        self._clock.move_to(begun)
        for room in rooms():
            if room.demo_year is not None and begun < last:
                await room.demo_year(self._services, book, end_day)

    async def _live_past(self, book: int) -> None:
        """Live what happened before the demo begins, from the date on which the book was opened."""
        founded = await self._services.store.batch(book, 1)
        begins = (await self._date(book) if founded is None else founded.today) + timedelta(days=_days_before())

        async def reach(day: date) -> None:
            now = await self._date(book)
            if now < min(day, begins):
                await self._close(book, now, min(day, begins))
            self._clock.move_to(await self._date(book))

        for past in _pasts() if await self._date(book) < begins else ():
            await past.live(self._services, book, reach)
        await reach(begins)

    async def _live(self, filling: Filling, book: int, last: date) -> None:
        """Live day after day until the last one, whose end is left to whoever looks at the demo."""
        while True:
            await self._live_day(filling, book)
            day = await self._date(book)
            if day >= last:
                break
            await self._end_day(book, day)
        await filling.end()

    async def _live_day(self, filling: Filling, book: int) -> None:
        self._clock.move_to(await self._date(book))
        await filling.live_until_now()
        for room in rooms():
            if room.demo_day is not None:
                await room.demo_day(self._services, book)

    async def _end_day(self, book: int, day: date) -> None:
        for room in rooms():
            if room.demo_night is not None:
                await room.demo_night(self._services, book)
        if await self._date(book) == day:  # nobody has ended it
            await self._close(book, day)

    async def _close(self, book: int, day: date, following: date | None = None) -> None:
        close = CloseDay(next_day=day + timedelta(days=1) if following is None else following)
        await self._services.engine.execute(book, close, actor=ACTOR, key=f"demo:close:{day.isoformat()}")

    async def _date(self, book: int) -> date:
        return (await self._services.store.state(book)).today


def _pasts() -> list[Past]:
    return [room.demo_past for room in rooms() if room.demo_past is not None]


def _days_before() -> int:
    """How many days before the demo begins its book is opened."""
    return max((past.days for past in _pasts()), default=0)


def span(day: date) -> tuple[date, date]:
    """On which business date a demo that is started on a day begins, and on which it is left."""
    spans = (room.demo_span for room in rooms() if room.demo_span is not None)
    found = next(spans, None)
    return (day, day) if found is None else found(day)
