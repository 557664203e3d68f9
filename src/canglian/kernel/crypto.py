"""Personal data at rest: sealed fields, blind indexes to look them up by, and masks to show them.

A sealed field is ``sealed:<key>:<base64url of nonce and ciphertext>`` (AES-256-GCM). ``about`` binds it to its place
(``party.mobile``), so that a value copied from one field into another cannot be opened. Keys rotate: the newest
seals, all of them open; ``reseal`` moves a value to the newest. A blind index is an HMAC-SHA-256 of the
value under a key of its own, cut to 128 bits: equal values meet, and the value cannot be read from it.
"""

import base64
import binascii
import hmac
import os
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from canglian.kernel.errors import Malformed, Unavailable, declare
from canglian.kernel.settings import Settings

declare(
    {
        "crypto.key_invalid": "The encryption keys are not of the form 2:base64,1:base64 with 32 bytes each.",
        "crypto.key_twice": "Two encryption keys have the same number; give the new one a number of its own.",
        "crypto.key_unknown": "A stored value was sealed with key {key}, which is not configured any more.",
        "crypto.not_sealed": "A stored value is not sealed, or was changed.",
    }
)

_PREFIX = "sealed"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Keyring:
    """The keys of an installation, newest first."""

    def __init__(self, keys: dict[str, bytes], index_key: bytes) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys.values()) or len(index_key) < _KEY_BYTES:
            raise Malformed("crypto.key_invalid")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._newest = next(iter(keys))
        self._given = dict(keys), index_key
        self._keyed = HMAC(index_key, SHA256())

    def __reduce__(self) -> Any:
        """For a process of our own beside this one."""
        return type(self), self._given

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The keys of the configuration. Rejects ``crypto.key_invalid``."""
        try:
            pairs = [pair.strip().partition(":") for pair in settings.encryption_keys.split(",")]
            if len({name for name, _, _ in pairs}) < len(pairs):
                raise Malformed("crypto.key_twice")  # the newer key would be taken for the older one
            keys = {name: base64.b64decode(key, validate=True) for name, _, key in pairs}
            return cls(keys, base64.b64decode(settings.index_key, validate=True))
        except binascii.Error:
            raise Malformed("crypto.key_invalid") from None

    def seal(self, plain: str, about: str, *, request: str | None = None) -> str:
        """Seal a text for the place ``about``.

        With ``request``, the idempotency key of the request that brings it, sealing the same text again gives the same:
        a repeated request makes the same command. Equal texts of different requests still look different.
        """
        nonce = os.urandom(_NONCE_BYTES) if request is None else self._nonce(plain, about, request)
        sealed = self._ciphers[self._newest].encrypt(nonce, plain.encode(), about.encode())
        return f"{_PREFIX}:{self._newest}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def _nonce(self, *parts: str) -> bytes:
        message = "".join([f"{len(part)}:{part}" for part in ("nonce", self._newest, *parts)])
        return self._hash(message)[:_NONCE_BYTES]

    def _hash(self, message: str) -> bytes:
        """HMAC-SHA-256 under the index key, which is worked in once."""
        keyed = self._keyed.copy()
        keyed.update(message.encode())
        return keyed.finalize()

    def open(self, sealed: str, about: str) -> str:
        """The text. Raises Unavailable ``crypto.key_unknown`` or Malformed ``crypto.not_sealed``."""
        prefix, _, rest = sealed.partition(":")
        key, _, text = rest.partition(":")
        if prefix != _PREFIX:
            raise Malformed("crypto.not_sealed")
        cipher = self._ciphers.get(key)
        if cipher is None:
            raise Unavailable("crypto.key_unknown", key=key)
        try:
            data = base64.urlsafe_b64decode(text)
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, ValueError):
            raise Malformed("crypto.not_sealed") from None

    @property
    def newest(self) -> str:
        """The name of the key that seals."""
        return self._newest

    @property
    def prefix(self) -> str:
        """What everything sealed with the newest key begins with."""
        return f"{_PREFIX}:{self._newest}:"

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it."""
        return sealed.startswith(self.prefix)

    def reseal(self, sealed: str, about: str) -> str:
        """The same text, sealed with the newest key."""
        return sealed if self.is_current(sealed) else self.seal(self.open(sealed, about), about)

    def blind_index(self, value: str, about: str) -> str:
        """32 hexadecimal digits by which equal values of one kind are found."""
        return self._hash(f"{about}\x00{_indexed(value)}")[:16].hex()

    def keyed_number(self, text: str, about: str) -> int:
        """128 bits that follow from a text and say nothing of it: the blind index of what needs no normalising."""
        return int.from_bytes(self._hash(f"{about}\x00{text}")[:16])

    def one_time_code(self, about: str, thing: str, digits: int = 6) -> str:
        """The digits of a one-time code for a thing (an event): the same for every call, so that they need not be
        stored, and nobody can compute them without the key."""
        number = int.from_bytes(self._hash(f"one-time code\x00{about}\x00{thing}")) % 10**digits
        return f"{number:0{digits}}"


def same_secret(given: str | bytes, secret: str | bytes) -> bool:
    """Whether what somebody sent is the secret; it takes as long wherever they differ, and any text may be sent."""
    return hmac.compare_digest(_raw(given), _raw(secret))


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def _indexed(value: str) -> str:
    """What is hashed of a value. Indexes are stored, so this stays as it is; texts pass ``kernel.typed`` before it."""
    if value.isdecimal():
        return value
    text = "".join(value.split()).replace("-", "").upper()
    return text.removeprefix("+86") if text.startswith("+86") else text


def masked_mobile(value: str) -> str:
    """138****5678."""
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else "*" * len(value)


def masked_identity(value: str) -> str:
    """The first and the last character of an identity number: 1****************X."""
    return f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}" if len(value) >= 15 else "*" * len(value)


def masked_name(value: str) -> str:
    """The family name and nothing more: 张**."""
    return value[:1] + "*" * (len(value) - 1)


def masked_card(value: str) -> str:
    """The first six and the last four digits: 622202*********0123."""
    return f"{value[:6]}{'*' * (len(value) - 10)}{value[-4:]}" if len(value) >= 15 else "*" * len(value)
