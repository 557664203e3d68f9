"""The words that the commands about partners are made of."""

import ipaddress
from typing import Annotated

from msgspec import Meta

from canglian.bank.partner.scopes import Scope
from canglian.bank.party.checks import credit_code
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, PlainText, doc, identifier, impersonal

PartnerId = Annotated[str, identifier("ptn", "A partner's id.")]
AppId = Annotated[str, identifier("app", "An app's id.")]
KeyId = Annotated[str, identifier("pky", "A key's id.")]

PartnerName = Annotated[PlainText, doc("What it is called."), Field(label="Name")]
ReasonText = Annotated[
    str,
    Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", min_length=1, max_length=300, description="Why; it stays on record."),
    Field(label="Reason", help="Kept on record as plain text: do not enter numbers here.", check=impersonal),
]


def _is_credit_code(text: str) -> None:
    try:
        credit_code(text)
    except Rejection as refused:
        raise Rejection(refused.code, **{**refused.fields, "field": "registration"}) from None


Registration = Annotated[
    str,
    Meta(max_length=40, description="The unified social credit code of the organisation."),
    Field(label="Unified social credit code", check=_is_credit_code),
]


def _is_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise Rejection("partner_app.network", network=text) from None


Network = Annotated[
    str,
    Meta(max_length=50, description="An address, or a network such as 203.0.113.0/24."),
    Field(label="Network", check=_is_network),
]
Scopes = Annotated[
    list[Scope],
    Meta(max_length=40, description="What the app may do."),
    Field(label="Scopes"),
]
Networks = Annotated[
    list[Network],
    Meta(max_length=40, description="The addresses and networks that it calls from; empty for any."),
    Field(
        label="Calls from",
        help="Addresses or networks such as 203.0.113.0/24, commas between; empty for any.",
    ),
]
Rate = Annotated[
    int,
    Meta(ge=1, le=10_000, description="How many calls a second it may make for long."),
    Field(label="Calls a second"),
]
Quota = Annotated[
    Annotated[int, Meta(ge=1, le=1_000_000_000)] | None,
    Meta(description="How many calls it may make on a day, or null."),
    Field(label="Calls a day", help="Empty for no bound."),
]
PublicKey = Annotated[
    str,
    Meta(
        max_length=1_200,
        description="The public key, as PEM or base64: of Ed25519, or of RSA with 2048 bits or more.",
    ),
    Field(label="Public key", help="Of Ed25519, or of RSA with 2048 bits or more: the PEM block that openssl writes."),
]
