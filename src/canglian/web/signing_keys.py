"""Keys that sign HTTP messages and keys that verify them, by the algorithms of RFC 9421: Ed25519, RSA-PSS with SHA-512,
and HMAC with SHA-256."""

import base64
import binascii
import functools
import hashlib
import hmac
import re
import secrets
from typing import Self

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import Malformed, declare

declare(
    {
        "signature.key_invalid": "A key is name:ed25519:base64 or name:hmac-sha256:base64 of at least 32 bytes, or "
        "name:rsa-pss-sha512:base64 of its DER form, of at least 2048 bits.",
    }
)

ED25519 = "ed25519"
HMAC = "hmac-sha256"
RSA = "rsa-pss-sha512"
ALGORITHMS = (ED25519, HMAC, RSA)
RSA_BITS_MIN = 2048

_KEY_BYTES = 32
_PSS = padding.PSS(padding.MGF1(SHA512()), 64)
"""The padding and its salt (RFC 9421, 3.3.1)."""


class SigningKey(msgspec.Struct, frozen=True):
    """What signs: a private key or a shared secret, with the name that the other side knows it by.

    ``secret`` are the 32 bytes of Ed25519, the PKCS#8 document of RSA in its DER form, or those of a shared secret.
    """

    id: str
    algorithm: str
    secret: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """``name:ed25519:<base64 of the private key>`` and so on; Malformed ``signature.key_invalid``."""
        identity, algorithm, secret = _read(text)
        if algorithm == RSA and _private_rsa(secret) is None:
            raise Malformed("signature.key_invalid")
        return cls(identity, algorithm, secret)

    @classmethod
    def new(cls, identity: str, algorithm: str = ED25519) -> Self:
        """A fresh key."""
        if algorithm != RSA:
            return cls(identity, algorithm, secrets.token_bytes(_KEY_BYTES))
        made = generate_private_key(65_537, RSA_BITS_MIN)
        return cls(identity, algorithm, made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))

    def __str__(self) -> str:
        return f"{self.id}:{self.algorithm}:{base64.b64encode(self.secret).decode()}"

    def __repr__(self) -> str:
        return f"SigningKey({self.id!r}, {self.algorithm!r}, …)"

    @property
    def public(self) -> "VerifyingKey":
        """What verifies. Of a shared secret it is the secret itself."""
        if self.algorithm == HMAC:
            return VerifyingKey(self.id, self.algorithm, self.secret)
        if self.algorithm == RSA:
            key = _rsa_of(self.secret).public_key()
            return VerifyingKey(
                self.id, self.algorithm, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            )
        public = _private_ed25519(self.secret).public_key()
        return VerifyingKey(self.id, self.algorithm, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, base: bytes) -> bytes:
        """The signature over a signature base."""
        if self.algorithm == HMAC:
            return hmac.new(self.secret, base, hashlib.sha256).digest()
        if self.algorithm == RSA:
            return _rsa_of(self.secret).sign(base, _PSS, SHA512())
        return _private_ed25519(self.secret).sign(base)


class VerifyingKey(msgspec.Struct, frozen=True):
    """What verifies: a public key or a shared secret.

    ``key`` are the 32 bytes of Ed25519, the SubjectPublicKeyInfo of RSA in its DER form, or those of a shared secret.
    """

    id: str
    algorithm: str
    key: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """As ``SigningKey.read``, of the public key."""
        identity, algorithm, key = _read(text)
        if algorithm == RSA and _public_rsa(key) is None:
            raise Malformed("signature.key_invalid")
        return cls(identity, algorithm, key)

    def __str__(self) -> str:
        return f"{self.id}:{self.algorithm}:{base64.b64encode(self.key).decode()}"

    def __repr__(self) -> str:
        return f"VerifyingKey({self.id!r}, {self.algorithm!r}, …)"

    def fits(self, signature: bytes, base: bytes) -> bool:
        """Whether a signature is this key's over a signature base."""
        if self.algorithm == HMAC:
            return same_secret(signature, hmac.new(self.key, base, hashlib.sha256).digest())
        try:
            if self.algorithm == RSA:
                key = _public_rsa(self.key)
                if key is None:
                    return False
                key.verify(signature, base, _PSS, SHA512())
            else:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature, base)
        except InvalidSignature:
            return False
        return True


def _read(text: str) -> tuple[str, str, bytes]:
    identity, _, rest = text.partition(":")
    algorithm, _, encoded = rest.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    fits = len(key) == _KEY_BYTES if algorithm == ED25519 else len(key) >= _KEY_BYTES
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", identity) or algorithm not in ALGORITHMS or not fits:
        raise Malformed("signature.key_invalid")
    return identity, algorithm, key


@functools.lru_cache(maxsize=10)
def _private_ed25519(secret: bytes) -> Ed25519PrivateKey:
    """A private key; making it of its bytes takes as long as a signature."""
    return Ed25519PrivateKey.from_private_bytes(secret)


@functools.lru_cache(maxsize=1_000)
def _public_rsa(key: bytes) -> RSAPublicKey | None:
    """A public key of RSA; None for what is none, or has too few bits."""
    try:
        found = load_der_public_key(key)
    except ValueError:
        return None
    return found if isinstance(found, RSAPublicKey) and found.key_size >= RSA_BITS_MIN else None


@functools.lru_cache(maxsize=10)
def _private_rsa(secret: bytes) -> RSAPrivateKey | None:
    try:
        found = load_der_private_key(secret, None)
    except ValueError:
        return None
    return found if isinstance(found, RSAPrivateKey) and found.key_size >= RSA_BITS_MIN else None


def _rsa_of(secret: bytes) -> RSAPrivateKey:
    found = _private_rsa(secret)
    if found is None:
        raise Malformed("signature.key_invalid")
    return found
