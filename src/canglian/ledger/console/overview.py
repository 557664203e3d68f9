"""How busy the book is, with what, and where its money stands."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.queries import chart, overview
from canglian.ledger.queries.transfers import TransferFilter, transfers
from canglian.ledger.queries.trial_balance import TrialBalance, trial_balance
from canglian.web.console import Chart, Pages, plain
from canglian.web.console.charts import Series
from canglian.web.console.formats import scaled, when
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

BUCKET_SECONDS = 60


@get("/activity", guards=[needs(Permission.READ)])
async def activity_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """How busy the book is, with what, and where its money stands."""
    reader, book = services.standby, principal.book
    now = utc_now()
    rates = await overview.rates(reader, book, now, seconds=BUCKET_SECONDS)
    volumes = await overview.volumes(reader, book)
    trial = await trial_balance(reader, book)
    newest = await transfers(reader, book, TransferFilter(), Order(limit=8))
    counted = pages._("Counted at %(time)s.").replace("%(time)s", when(now))
    return await pages.render(
        "ledger/overview.html",
        counted=counted,
        counts=await overview.counts(reader, book),
        trial=trial,
        rate_chart=_rates(pages, rates, counted),
        volume_chart=_volumes(pages, volumes, counted),
        head_chart=_heads(pages, trial, counted),
        newest=newest.items,
        scales=await chart.scales(reader, book),
    )


def _rates(pages: Pages, rates: list[overview.Rate], counted: str) -> Chart:
    rounded = [round(rate.count * 100 / BUCKET_SECONDS) for rate in rates]
    title = pages._("Peak postings per second in the last hour: %(most)s")
    title = title.replace("%(most)s", scaled(max(rounded, default=0), 2))
    labels = [rate.at.astimezone(SHANGHAI).strftime("%H:%M") for rate in rates]
    series = [Series(pages._("Postings a second"), rounded)]
    definition = pages._("Transfers per minute divided by sixty, from the latest %(most)s transfers.")
    return Chart(title, labels, series, kind="bar", unit=pages._("a second"), scale=2, note=_note(definition, counted))


def _note(definition: str, counted: str) -> str:
    """What a chart counts, and when it was counted."""
    return f"{definition.replace('%(most)s', f'{overview.NEWEST:,}')} {counted}"


def _volumes(pages: Pages, volumes: list[overview.Volume], counted: str) -> Chart:
    worded: dict[str, int] = {}  # codes that read alike are one bar
    for volume in volumes:
        if volume.asset == "CNY":
            word = plain.worded("code", volume.code, pages._)
            worded[word] = worded.get(word, 0) + volume.amount
    mine = sorted(worded.items(), key=lambda pair: -pair[1])[:10]
    title = pages._("Transactions by type, last 30 days")
    if mine:
        title = pages._("%(code)s: largest volume in the last 30 days").replace("%(code)s", mine[0][0])
    definition = pages._("Volume by code in the last 30 days, in yuan, from the latest %(most)s transfers.")
    series = [Series(pages._("Volume"), [amount for _, amount in mine])]
    labels = [word for word, _ in mine]
    unit, note = pages._("yuan"), _note(definition, counted)
    return Chart(title, labels, series, kind="bar", unit=unit, currency="¥", scale=2, lying=True, note=note)


def _heads(pages: Pages, trial: TrialBalance, counted: str) -> Chart:
    lines = sorted(
        (line for line in trial.lines if line.asset == "CNY"),
        key=lambda line: -max(line.debit_balance, line.credit_balance),
    )[:10]
    title = pages._("Balances by GL account")
    if lines:
        title = pages._("Largest balance: %(head)s").replace("%(head)s", pages._(lines[0].name))
    definition = pages._("Debit and credit balances of all accounts under each GL account, in yuan.")
    labels = [f"{line.head} {pages._(line.name)}" for line in lines]
    series = [
        Series(pages._("Debit balances"), [line.debit_balance for line in lines]),
        Series(pages._("Credit balances"), [line.credit_balance for line in lines]),
    ]
    unit, note = pages._("yuan"), _note(definition, counted)
    return Chart(title, labels, series, kind="bar", unit=unit, currency="¥", scale=2, lying=True, note=note)


handlers = (activity_page,)
