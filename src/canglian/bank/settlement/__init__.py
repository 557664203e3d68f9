"""Settlement of merchants and the end of a business day; today the business calendar by which both go."""

import canglian.bank.settlement.errors  # pyright: ignore[reportUnusedImport] - declares the codes
import canglian.bank.settlement.reconciling.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - the same
from canglian.bank.settlement.calendar import BusinessDay, business_day, next_business_day, require_business_day
from canglian.bank.settlement.model import CalendarYear

__all__ = ["BusinessDay", "CalendarYear", "business_day", "next_business_day", "require_business_day"]
