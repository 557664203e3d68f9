"""What a wallet's movements were where it pays for a campaign, or gets back what no coupon took."""

from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns import queries
from canglian.bank.wallet.mobile.others import OtherLine
from canglian.kernel.postgres.reader import Reader


async def lines_of(reader: Reader, book: int, transfers: list[int]) -> dict[int, OtherLine]:
    """Movements that paid into a campaign or came back from one, by their numbers."""
    found = await queries.of_transfers(reader, book, transfers)
    return {number: _line(name, paid_in=code == accounts.FUNDED) for number, (name, code) in found.items()}


def _line(name: str, *, paid_in: bool) -> OtherLine:
    if paid_in:
        return OtherLine(name, None, "Paid into campaign %(name)s")
    return OtherLine(name, None, "Back from campaign %(name)s")
