"""A published rate is noted: what was in force stays as it is."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.credit.benchmarks.model import BenchmarkRate
from canglian.bank.credit.benchmarks.rules import RATES
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, Unit, doc
from canglian.kernel.values import Name
from canglian.kernel.versions import effective_date, next_version
from canglian.ledger.book import Book

BENCHMARK_MAX = 360_000

BenchmarkCode = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z0-9_]{1,30}\Z", description="The code of a published rate, such as `lpr_1y`."),
    Field(label="Published rate", help="A short name: lpr_1y."),
]

Day = date  # the field of the same name would hide the type


class SetBenchmarkRate(Command[BenchmarkRate], kind="credit.set_benchmark_rate", kw_only=True):
    """Note a published rate from a business date on. Loans follow it on their own days.

    Rejects ``benchmark_rate.effective_past``.
    """

    code: BenchmarkCode
    name: Annotated[Name, doc("What people read.")]
    rate_ppm: Annotated[
        int,
        Meta(ge=0, le=BENCHMARK_MAX, description="The yearly rate in millionths: 31000 is 3.1 %."),
        Field(label="Rate a year (%)", unit=Unit.RATE_PPM),
    ]
    note: Note
    effective_from: Annotated[Day | None, doc("The business date from which it counts; left out, today.")] = None

    def decide(self, book: Book) -> BenchmarkRate:
        effective_from = effective_date(book, BenchmarkRate, self.effective_from, field="effective_from")
        version = next_version(RATES.of(book, self.code))
        book.emit("benchmark_rate.set", f"benchmark_rate:{self.code}", benchmark_rate=self.code, version=version)
        return book.add(
            BenchmarkRate(
                code=self.code,
                version=version,
                name=self.name,
                rate_ppm=self.rate_ppm,
                effective_from=effective_from,
                note=self.note,
                created_at=book.now,
                created_by=book.actor,
            )
        )
