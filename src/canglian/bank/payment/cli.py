"""``canglian merchant``, ``merchant-store``, ``merchant-staff``, ``payment-order``, ``payment``, ``refund``…"""

from canglian.bank.payment.actions import CLAIMS, MERCHANTS, ORDERS, PAYMENTS, REFUNDS
from canglian.bank.payment.channel_actions import CHANNEL_ORDERS
from canglian.bank.payment.store_actions import STAFF, STORES
from canglian.web.cli import Noun

NOUNS = {
    "merchant": Noun(resource=MERCHANTS),
    "payment-order": Noun(resource=ORDERS),
    "payment": Noun(resource=PAYMENTS),
    "refund": Noun(resource=REFUNDS),
    "merchant-store": Noun(resource=STORES),
    "merchant-staff": Noun(resource=STAFF),
    "split-claim": Noun(resource=CLAIMS),
    "channel-order": Noun(resource=CHANNEL_ORDERS),
}
