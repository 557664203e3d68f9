"""Taking on the people of a CSV file: party, deposit account, wallet and bound account, an outcome for every line."""

from canglian.bank.wallet.onboarding.reading import COLUMNS
from canglian.bank.wallet.onboarding.running import CACHE_MAX, CHUNK_LINES, Asked, Summary, onboard

__all__ = ["CACHE_MAX", "CHUNK_LINES", "COLUMNS", "Asked", "Summary", "onboard"]
