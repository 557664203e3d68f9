"""Why something cannot be done to a settlement or its terms now, as its page says before anybody tries."""

from canglian.bank.settlement.settling.commands import PayOutSettlement
from canglian.bank.settlement.settling.model import Settlement, SettlementState, SettlementTerms


def unpaid(settlement: Settlement) -> str | None:
    """Why it is not paid out again."""
    if settlement.state is SettlementState.PAID or settlement.carried_out <= settlement.kept_back:
        return "There is nothing left to pay out."
    return None


def paid_again(settlement: Settlement) -> PayOutSettlement:
    """What is tried before a settlement is paid out again."""
    return PayOutSettlement(settlement=settlement.id, kept=settlement.kept_back)


def is_held(terms: SettlementTerms) -> bool:
    """Nothing is paid out."""
    return terms.hold_reason is not None


def is_paid_out(terms: SettlementTerms) -> bool:
    """It is paid out."""
    return terms.hold_reason is None
