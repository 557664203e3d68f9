"""What a customer's page says of limits: what is left of sums of money, for each account and wallet."""

from typing import Any

from canglian.bank.limit.holdings import word_of
from canglian.bank.limit.service import LimitsAsked, limits
from canglian.kernel.postgres.reader import Reader
from canglian.ledger.queries import chart
from canglian.web.additions import SHOWN_MAX, Excerpt, Rows
from canglian.web.columns import Column


async def _of_party(reader: Reader, book: int, party: str) -> Rows:
    """Limits of money that is two things stand once."""
    held = await limits(reader, book, LimitsAsked(party=party))
    own = {holder.subject: {left.rule for left in holder.limits} for holder in held}
    rows: list[dict[str, Any]] = [
        {
            "title": holder.title or holder.product,
            "product": word_of(holder.subject, holder.product),
            "name": left.name,
            "left": left.left,
            "limit": left.limit,
            "asset": left.asset,
            "of": holder.subject or party,
        }
        for holder in held
        for left in holder.limits
        if holder.within is None or left.rule not in own[holder.within]
        if left.asset is not None and left.left is not None
    ]
    return Rows(rows[:SHOWN_MAX], await chart.scales(reader, book), more=True)


SECTIONS = {
    "party": (
        Excerpt(
            "Limits left",
            (
                Column("title", "Account or wallet", phone=True),
                Column("product", "Product", "words"),
                Column("left", "Remaining", "money", phone=True),
                Column("name", "Limit", "words", phone=True),
                Column("limit", "Limit amount", "money"),
            ),
            _of_party,
            "/console/limits?of={of}",
            whole="/console/limits?of={}",
        ),
    )
}
