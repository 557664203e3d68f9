"""Refusals to open something for a customer in words; the fields of an error have the codes and ids."""

from collections.abc import Mapping
from typing import Any

from canglian.web.error_text import Formatter, Say, register_format


def say(text: str) -> str:
    """Marks a message id."""
    return text


ENDED = say("This product is not opened any more.")
OWN = say("An account of the bank's own has no holder.")
HOLDER = say("This product needs a holder.")
KIND = say("This product is not for such a customer ({party_kind}).")
LEVEL = say("The customer has to be verified first: {needed} is needed, so far it is {level}.")
MOST = say("The customer has {held} of these already; the most is {most}.")
IN_CASE = say("The customer has an account that is involved in a case.")


def in_words(template: str, *families: tuple[str, str]) -> Formatter:
    """A template whose fields are words of families: of each the field's name and the family's."""

    def formatted(fields: Mapping[str, Any], _: Say) -> tuple[str, dict[str, Any]]:
        words = {name: _(f"{family}.{fields[name]}") for name, family in families if name in fields}
        return template, {**fields, **words}

    return formatted


of_kind = in_words(KIND, ("party_kind", "party_kind"))
of_level = in_words(LEVEL, ("needed", "state"), ("level", "state"))


def _account_kind(fields: Mapping[str, Any], _: Say) -> tuple[str, dict[str, Any]]:
    if fields.get("party_kind") != "—":
        return of_kind(fields, _)
    return OWN if str(fields.get("product", "")).startswith("deposit.internal") else HOLDER, dict(fields)


register_format("deposit_product.ended", in_words(ENDED))
register_format("deposit_product.account_kind", _account_kind)
register_format("deposit_product.per_party", in_words(MOST))
register_format("deposit_account.level_needed", of_level)
register_format("deposit_account.holder_in_case", in_words(IN_CASE))
