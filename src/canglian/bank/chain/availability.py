"""Why something cannot be done to a voucher now."""

from canglian.bank.chain.commands import CollectVoucher
from canglian.bank.chain.model import PAYABLE, VoucherState
from canglian.bank.chain.queries import VoucherWhole


def is_issued(shown: VoucherWhole) -> bool:
    """It waits for the core company."""
    return shown.voucher.state is VoucherState.ISSUED


def is_held(shown: VoucherWhole) -> bool:
    """Its holder may split, transfer or finance it."""
    return shown.voucher.is_held


def holding(shown: VoucherWhole) -> str | None:
    """It has not matured."""
    return None if shown.quote is not None else "It has matured, and is paid at the end of the day."


def is_payable(shown: VoucherWhole) -> bool:
    """It is paid at maturity."""
    return shown.voucher.state in PAYABLE


def is_frozen(shown: VoucherWhole) -> bool:
    """It stands still."""
    return shown.voucher.state is VoucherState.FROZEN


def is_defaulted(shown: VoucherWhole) -> bool:
    """It was not paid at maturity."""
    return shown.voucher.state is VoucherState.DEFAULTED


def collected(shown: VoucherWhole) -> CollectVoucher:
    """It is collected, as far as the core company's account has the money."""
    return CollectVoucher(voucher=shown.voucher.id)


def claiming(shown: VoucherWhole) -> str | None:
    """An advance with recourse is not repaid."""
    if shown.financing is None or not (shown.financing.open or shown.financing.loan):
        return "The bank has advanced nothing on it, or is repaid."
    return None if shown.financing.recourse else "It was bought without recourse."


def has_unclaimed(shown: VoucherWhole) -> bool:
    """Something waits for its holder."""
    return bool(shown.voucher.unclaimed)
