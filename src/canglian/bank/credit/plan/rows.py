"""What a plan consists of."""

from datetime import date

import msgspec


class Instalment(msgspec.Struct, frozen=True, gc=False):
    """One payment of a plan, for the days (start, end]; amounts in fen.

    ``number``: 1 and up; 0 for a down payment on the day of its drawdown. ``end`` is the last day that costs interest,
    ``due`` the day of payment; they differ where a holiday moves the payment alone. ``interest``: all of it, with what
    another pays (``subsidy``). ``balance``: the principal that is left afterwards.
    """

    number: int
    start: date
    end: date
    due: date
    principal: int
    interest: int
    fee: int
    balance: int
    subsidy: int = 0

    @property
    def total(self) -> int:
        """What the borrower pays."""
        return self.principal + self.interest + self.fee - self.subsidy


class Opening(msgspec.Struct, frozen=True):
    """Where a plan begins.

    ``balance`` is owed at the end of the day ``on``; ``drawn``: the principal that was drawn until then; ``number``:
    the instalments that lie before; ``deferred``: their interest that is due with the next one that pays interest;
    ``level``: the sum, or the principal, of an instalment that is kept, None where it is computed.
    """

    on: date
    balance: int = 0
    drawn: int = 0
    number: int = 0
    deferred: int = 0
    level: int | None = None
