"""Messages as Standard Webhooks (https://www.standardwebhooks.com) has them: a body, an id, a time and a signature.

The id is the same each time an event is sent, so a receiver that keeps the ids it has seen takes every event once.
"""

import base64
import hashlib
import hmac
import secrets

import msgspec

from canglian.kernel.records import Event

_PREFIX = "whsec_"
_SECRET_BYTES = 32

_encode = msgspec.json.Encoder(order="deterministic").encode


def new_secret() -> str:
    """A fresh signing secret, as it is shown to the receiver's people."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def message_id(book: int, event: int) -> str:
    """The id of an event's message."""
    return f"evt_{book}_{event}"


def message(book: int, event: Event) -> bytes:
    """The body: JSON with ``type``, ``timestamp`` and ``data``, and where it comes from."""
    return _encode(
        {
            "id": message_id(book, event.number),
            "type": event.kind,
            "timestamp": event.at,
            "book": book,
            "number": event.number,
            "subject": event.subject,
            "data": event.payload,
        }
    )


def signature(secret: str, identity: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the base64 of the HMAC-SHA-256 over id, time and body."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    content = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(signing: list[str], identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message; one signature a secret, so that a receiver may change over."""
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, identity, timestamp, body) for secret in signing),
    }
