"""Published rates as they are stored."""

from canglian.bank.credit.benchmarks.model import BenchmarkRate
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.versions import versions as stored


async def versions(reader: Reader, book: int, code: str | None = None) -> list[BenchmarkRate]:
    """All versions, of one rate or of all, by code and the latest first."""
    return await (stored(reader, book, BenchmarkRate) if code is None else stored(reader, book, BenchmarkRate, code))
