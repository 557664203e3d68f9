"""The codes of benefits, for their holders alone."""

from canglian.kernel.postgres.reader import Reader


async def code_of(reader: Reader, book: int, coupon: str) -> str | None:
    """The code of a benefit, or None."""
    return await reader.value("SELECT code FROM benefit_code WHERE book = $1 AND coupon = $2", book, coupon)


async def is_code(reader: Reader, book: int, code: str) -> bool:
    """Whether a code is that of a benefit."""
    return await reader.value("SELECT EXISTS (SELECT FROM benefit_code WHERE book = $1 AND code = $2)", book, code)


async def are_any(reader: Reader, book: int) -> bool:
    """Whether anybody has ever claimed a benefit."""
    return await reader.value("SELECT EXISTS (SELECT FROM benefit_code WHERE book = $1)", book)
