"""A person's own pages about payments: an order by its code, the PIN, receipts; and those of a merchant's people."""

from canglian.bank.payment.codes import BEGINNING
from canglian.bank.payment.mobile import cards, checkout, giving_back, hosted, notifications, receipts, selling
from canglian.bank.payment.mobile.shops import home_rows
from canglian.bank.wallet.mobile import others

HANDLERS = (
    *checkout.handlers,
    *receipts.handlers,
    *hosted.handlers,
    *selling.handlers,
    *cards.handlers,
    *giving_back.handlers,
    *notifications.handlers,
)

others.on_scan(BEGINNING, "/m/checkout/{}")
others.on_code("pay_", "/m/payments/{}?done=1")
others.on_lines(receipts.lines_of)
others.on_home(home_rows)
