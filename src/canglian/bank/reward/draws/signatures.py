"""Signatures of the beacon's rounds: what can be looked at here, and what cannot.

A round of an unchained scheme is a signature of the SHA-256 of its number. The sandbox signs with Ed25519; drand itself
signs with BLS12-381, for which no library is a part of Canglian: there the pinned hash of the chain, TLS, and the
randomness being the hash of the signature are what is verified, and anybody may verify the signature with drand's own
tools, for the proof has it.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SANDBOX_SCHEME = "sandbox-unchained-ed25519"
SCHEMES = ("bls-unchained-g1-rfc9380", "bls-unchained-on-g1", "pedersen-bls-unchained", SANDBOX_SCHEME)
"""Schemes whose rounds do not depend on those before, so that one is verified by itself."""

_ED25519_BYTES = 32


def message(number: int) -> bytes:
    """What is signed of a round: the SHA-256 of its number in eight bytes."""
    return hashlib.sha256(number.to_bytes(8)).digest()


def verified(key: str, number: int, signature: str) -> bool | None:
    """Whether a round's signature is the chain's; None where it is of a kind that is not looked at here."""
    raw = bytes.fromhex(key)
    if len(raw) != _ED25519_BYTES:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(bytes.fromhex(signature), message(number))
    except InvalidSignature:
        return False
    return True
