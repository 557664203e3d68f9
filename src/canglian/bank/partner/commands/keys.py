"""Keys of apps: a public key is registered, or a secret is made that both sides share; another one takes its place
while both count for some days; it ends.
"""

import base64
import binascii
from datetime import timedelta
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)
from msgspec import Meta

from canglian.bank.partner.commands.apps import living
from canglian.bank.partner.commands.values import AppId, KeyId, PublicKey
from canglian.bank.partner.model import PartnerApp, PartnerKey
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field
from canglian.web.signing_keys import ED25519, HMAC, RSA, RSA_BITS_MIN, VerifyingKey

KEYS_MAX = 5
"""How many keys of an app count at a time."""

_BYTES = 32

Overlap = Annotated[
    Annotated[int, Meta(ge=0, le=90)] | None,
    Meta(description="For how many days from now the other keys of the app count yet; null leaves them as they are."),
    Field(label="Others end after", help="Days from now; empty leaves the app's other keys as they are."),
]


class AddKey(Command[PartnerKey], kind="partner.add_key"):
    """Register the public key of a pair that the partner has made; nobody else ever has the private one.

    Rejects ``partner_app.*``, ``partner_key.form``, ``partner_key.used`` and ``partner_key.too_many``.
    """

    app: AppId
    public_key: PublicKey
    others_end_in: Overlap = None

    def decide(self, book: Book) -> PartnerKey:
        app = living(book, self.app)
        read = _read(book, self.public_key)
        public_key = base64.b64encode(read.key).decode()
        if next(iter(book.find(PartnerKey, "public_key", public_key)), None) is not None:
            book.reject("partner_key.used", field="public_key")
        return _added(book, app, read.algorithm, public_key, self.others_end_in)


class AddSecret(Command[PartnerKey], kind="partner.add_secret"):
    """Make a secret that the bank and an app share, for partners whose programs cannot sign with a key of their own.

    Rejects ``partner_app.*`` and ``partner_key.too_many``.
    """

    app: AppId
    others_end_in: Overlap = None

    def decide(self, book: Book) -> PartnerKey:
        return _added(book, living(book, self.app), HMAC, None, self.others_end_in)


class RevokeKey(Command[PartnerKey], kind="partner.revoke_key"):
    """End a key now. Rejects ``partner_key.not_found`` and ``partner_key.ended``."""

    partner_key: KeyId

    def decide(self, book: Book) -> PartnerKey:
        key = book.get(PartnerKey, self.partner_key)
        if key.ends_at is not None and key.ends_at <= book.now:
            book.reject("partner_key.ended")
        app = living(book, key.app)
        book.emit("partner_key.revoked", f"partner:{app.partner}", partner=app.partner, app=app.id, key=key.id)
        return book.put(key.replace(ends_at=book.now))


def _added(
    book: Book, app: PartnerApp, algorithm: str, public_key: str | None, others_end_in: int | None
) -> PartnerKey:
    """A further key of an app, and when its others end."""
    counting = [key for key in book.find(PartnerKey, "app", app.id) if key.ends_at is None or key.ends_at > book.now]
    if len(counting) >= KEYS_MAX:
        book.reject("partner_key.too_many", most=KEYS_MAX)
    if others_end_in is not None:
        end = book.now + timedelta(days=others_end_in)
        for key in counting:
            book.put(key.replace(ends_at=end if key.ends_at is None else min(end, key.ends_at)))
    key = PartnerKey(
        id=book.new_id("pky"),
        app=app.id,
        algorithm=algorithm,
        public_key=public_key,
        created_at=book.now,
        created_by=book.actor,
        ends_at=None,
    )
    book.emit("partner_key.added", f"partner:{app.partner}", partner=app.partner, app=app.id, key=key.id)
    return book.add(key)


def _read(book: Book, text: str) -> VerifyingKey:
    """The key, however it was written."""
    try:
        if "-----BEGIN" in text:
            key = load_pem_public_key(text.strip().encode())
        else:
            raw = base64.b64decode("".join(text.split()), validate=True)
            key = Ed25519PublicKey.from_public_bytes(raw) if len(raw) == _BYTES else load_der_public_key(raw)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return VerifyingKey("", ED25519, key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    if not isinstance(key, RSAPublicKey) or key.key_size < RSA_BITS_MIN:
        book.reject("partner_key.form", field="public_key")
    return VerifyingKey("", RSA, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
