"""The figures of payments, by version."""

from canglian.bank.payment.model import FeeSchedule, PaymentPolicy
from canglian.bank.payment.rules import first_policy, first_schedules
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.values import utc_now


async def schedules(reader: Reader, book: int) -> list[FeeSchedule]:
    """All versions of all schedules of fees, by code, newest first; the first ones where a book has none yet."""
    found = await stored.versions(reader, book, FeeSchedule)
    known = {version.code for version in found}
    first = [schedule for schedule in first_schedules(utc_now()) if schedule.code not in known]
    return sorted([*found, *first], key=lambda schedule: (schedule.code, -schedule.version))


async def policies(reader: Reader, book: int) -> list[PaymentPolicy]:
    """All versions of the bounds, newest first; the first one where a book has none yet."""
    return await stored.versions(reader, book, PaymentPolicy) or [first_policy(utc_now())]
