"""Refusals that say more to people at the bank than to programs, in words."""

from canglian.bank.deposit.error_text import ENDED, MOST, in_words, of_kind, of_level
from canglian.kernel.errors import tells_of_people
from canglian.web.error_text import register_format, register_staff_only


def say(text: str) -> str:
    """Marks a message id."""
    return text


TAKEN = say("There is an anonymous wallet with this mobile already.")
ACCOUNT = say("This product needs a deposit account of its holder.")
DOCUMENT = say("This product needs a valid document of the holder on record.")
KNOWN = say("This product needs a holder who is known; a mobile is not enough.")
CLASS = say("An e-wallet stands on a Class II account, and this is none.")
STANDS = say("There is an e-wallet on this deposit account already.")

register_format("wallet_product.ended", in_words(ENDED))
register_format("wallet_product.party_kind", of_kind)
register_format("wallet_product.level_needed", of_level)
register_format("wallet_product.per_party", in_words(MOST))
register_format("wallet_product.account_needed", in_words(ACCOUNT))
register_format("wallet_product.document_needed", in_words(DOCUMENT))
register_format("wallet_product.party_needed", in_words(KNOWN))
register_format("wallet.deposit_class", in_words(CLASS))
register_format("wallet.deposit_taken", in_words(STANDS))
register_staff_only("wallet.mobile_taken", "other", TAKEN)
tells_of_people("wallet.mobile_taken", "wallet_product.party_needed")
