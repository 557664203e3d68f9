"""``canglian merchant``, ``payment-order``, ``payment`` and ``refund``."""

from canglian.bank.payment.actions import MERCHANTS, ORDERS, PAYMENTS, REFUNDS
from canglian.web.cli import Noun

NOUNS = {
    "merchant": Noun(resource=MERCHANTS),
    "payment-order": Noun(resource=ORDERS),
    "payment": Noun(resource=PAYMENTS),
    "refund": Noun(resource=REFUNDS),
}
