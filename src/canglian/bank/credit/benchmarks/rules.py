"""Which published rate is in force."""

from typing import Final

from canglian.bank.credit.benchmarks.model import BenchmarkRate
from canglian.kernel.versions import Versioned

RATES: Final = Versioned(BenchmarkRate, "code", lambda _book, _code: ())
