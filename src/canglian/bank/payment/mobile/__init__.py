"""A person's own pages about payments: an order by its code, the PIN, the receipt, and what they have paid so far."""

from canglian.bank.payment.codes import BEGINNING
from canglian.bank.payment.mobile import checkout, receipts
from canglian.bank.wallet.mobile import others

HANDLERS = (*checkout.handlers, *receipts.handlers)

others.on_scan(BEGINNING, "/m/checkout/{}")
others.on_code("pay_", "/m/payments/{}?done=1")
others.on_lines(receipts.line_of)
