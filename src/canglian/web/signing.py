"""HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530): requests and answers that say who made them.

A request covers its method, authority, path, query and the digest of its body, and its content type and idempotency
key where it has them. An answer covers its status, the digest of its body and the signature of the request, so that an
answer cannot be passed off as that to another question. Both carry ``created``, ``expires``, ``nonce``, ``keyid`` and
``alg``.

A signature is taken within five minutes of its making, and a request's nonce once.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import Busy, Unauthenticated, declare
from canglian.web.signing_keys import SigningKey, VerifyingKey

declare(
    {
        "signature.missing": "The message is not signed.",
        "signature.malformed": "The signature of the message cannot be read.",
        "signature.key_unknown": "The message is signed with a key that is not known here.",
        "signature.incomplete": "The signature does not cover {component}.",
        "signature.digest_differs": "The digest is not that of the body.",
        "signature.wrong": "The signature does not fit the message.",
        "signature.out_of_time": "The signature was made too long ago, or is ahead of time.",
        "signature.replayed": "This nonce was used before.",
        "signature.nonces_full": "Too many signed messages at once; try again in {retry_after} s.",
    }
)

SKEW_SECONDS = 300
NONCES_MAX = 2_000_000
"""How many nonces a process keeps, some 90 bytes each: those of ten minutes with over 3,000 signed calls a second."""

LABEL = "sig"

_COMPONENT = r'"[^"\\]*"(?:;[a-z]+(?:="[^"\\]*")?)*'
_INPUT = re.compile(rf'([a-z][a-z0-9_-]*)=(\(((?:{_COMPONENT})?(?: {_COMPONENT})*)\)((?:;[a-z]+=(?:"[^"\\]*"|\d+))*))')
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|(\d+))')
_SIGNATURE = re.compile(r"([a-z][a-z0-9_-]*)=:([A-Za-z0-9+/]+={0,2}):")


class Asked(msgspec.Struct, frozen=True):
    """A request as it is signed. ``path`` and ``query`` are as on the wire, the names of headers in lower case."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    def component(self, identifier: str) -> str | None:
        """The value of a component, or None for a header that is not there."""
        match identifier:
            case '"@method"':
                return self.method
            case '"@authority"':
                return self.authority.lower()
            case '"@path"':
                return self.path or "/"
            case '"@query"':
                return f"?{self.query}"
            case _:
                return _header(self.headers, identifier[1:-1])


class Answered(msgspec.Struct, frozen=True):
    """An answer as it is signed, with the headers of the request that it answers."""

    status: int
    headers: Mapping[str, str]
    asked: Mapping[str, str]
    body: bytes = b""

    def component(self, identifier: str) -> str | None:
        """The value of a component, or None for one that is not there."""
        if identifier == '"@status"':
            return str(self.status)
        if identifier == _of_request(self.asked):
            match = _SIGNATURE.fullmatch(self.asked.get("signature", ""))
            return match and f":{match[2]}:"
        return _header(self.headers, identifier[1:-1])


def _of_request(asked: Mapping[str, str]) -> str:
    """The signature of the request, by its label, as a component of its answer."""
    match = _SIGNATURE.fullmatch(asked.get("signature", ""))
    return f'"signature";req;key="{LABEL if match is None else match[1]}"'


class Nonces:
    """The nonces of the last minutes, each taken once: as numbers of 64 bits that nobody can choose, in a set for each
    five minutes."""

    def __init__(self, most: int = NONCES_MAX) -> None:
        self._taken: dict[int, set[int]] = {}
        self._secret = secrets.token_bytes(16)
        self._most = most

    def take(self, key: str, nonce: str, now: float) -> None:
        """Unauthenticated ``signature.replayed`` the second time; Busy ``signature.nonces_full`` where there are too
        many to keep."""
        window = int(now // SKEW_SECONDS)
        for old in [each for each in self._taken if each < window - 2]:
            del self._taken[old]
        number = self._number(f"{len(key)}:{key}{nonce}")
        if any(number in taken for taken in self._taken.values()):
            raise Unauthenticated("signature.replayed")
        if sum(map(len, self._taken.values())) >= self._most:
            raise Busy("signature.nonces_full", retry_after=SKEW_SECONDS - int(now % SKEW_SECONDS))
        self._taken.setdefault(window, set()).add(number)

    def _number(self, text: str) -> int:
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=self._secret).digest()
        return int.from_bytes(digest)


def content_digest(body: bytes) -> str:
    """The header Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signed_request(key: SigningKey, asked: Asked, now: float, nonce: str | None = None) -> dict[str, str]:
    """The headers that sign a request: content-digest, signature-input, signature."""
    digest = content_digest(asked.body)
    whole = msgspec.structs.replace(asked, headers={**asked.headers, "content-digest": digest})
    return {"content-digest": digest, **_signed(key, whole, request_components(whole), now, nonce)}


def request_components(asked: Asked) -> list[str]:
    """What the signature of a request has to cover."""
    also = [name for name in ("content-type", "idempotency-key") if name in asked.headers]
    return _quoted("@method", "@authority", "@path", "@query", "content-digest", *also)


def signed_answer(key: SigningKey, answered: Answered, now: float, nonce: str | None = None) -> dict[str, str]:
    """The headers that sign an answer."""
    digest = content_digest(answered.body)
    whole = msgspec.structs.replace(answered, headers={**answered.headers, "content-digest": digest})
    return {"content-digest": digest, **_signed(key, whole, answer_components(whole), now, nonce)}


def answer_components(answered: Answered) -> list[str]:
    """What the signature of an answer has to cover. An unsigned request has no signature to be bound to."""
    also = ["content-type"] if "content-type" in answered.headers else []
    bound = [_of_request(answered.asked)] if "signature" in answered.asked else []
    return [*_quoted("@status", "content-digest", *also), *bound]


def _quoted(*names: str) -> list[str]:
    return [f'"{name}"' for name in names]


def _signed(
    key: SigningKey, message: Asked | Answered, components: Sequence[str], now: float, nonce: str | None
) -> dict[str, str]:
    created = int(now)
    nonce = nonce or secrets.token_urlsafe(18)
    parameters = (
        f'({" ".join(components)});created={created};expires={created + SKEW_SECONDS};nonce="{nonce}"'
        f';keyid="{key.id}";alg="{key.algorithm}"'
    )
    base = signature_base([(component, message.component(component)) for component in components], parameters)
    signature = base64.b64encode(key.sign(base)).decode()
    return {"signature-input": f"{LABEL}={parameters}", "signature": f"{LABEL}=:{signature}:"}


def signature_base(components: Sequence[tuple[str, str | None]], parameters: str) -> bytes:
    """What is signed (RFC 9421, 2.5): a line a component, then the parameters."""
    lines: list[str] = []
    for identifier, value in components:
        if value is None:
            raise Unauthenticated("signature.malformed")
        lines.append(f"{identifier}: {value}")
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def verified_request(keys: Mapping[str, VerifyingKey], asked: Asked, now: float, nonces: Nonces) -> VerifyingKey:
    """The key that signed a request. Raises Unauthenticated ``signature.*``; the nonce is taken only by what fits."""
    key, nonce = _verified(keys, asked, request_components(asked), now)
    nonces.take(key.id, nonce, now)
    return key


def verified_answer(key: VerifyingKey, answered: Answered, now: float) -> None:
    """Make sure of an answer, which is bound to a request of a fresh nonce. Raises Unauthenticated ``signature.*``."""
    _verified({key.id: key}, answered, answer_components(answered), now)


def _verified(
    keys: Mapping[str, VerifyingKey], message: Asked | Answered, wanted: Sequence[str], now: float
) -> tuple[VerifyingKey, str]:
    headers = message.headers
    if "signature-input" not in headers or "signature" not in headers:
        raise Unauthenticated("signature.missing")
    declared, signed = _INPUT.fullmatch(headers["signature-input"]), _SIGNATURE.fullmatch(headers["signature"])
    if declared is None or signed is None or declared[1] != signed[1]:
        raise Unauthenticated("signature.malformed")
    covered = re.findall(_COMPONENT, declared[3])
    if len(set(covered)) != len(covered):
        raise Unauthenticated("signature.malformed")
    parameters: dict[str, Any] = {name: text or number for name, text, number in _PARAMETER.findall(declared[4])}
    key = keys.get(parameters.get("keyid", ""))
    if key is None or parameters.get("alg", key.algorithm) != key.algorithm:
        raise Unauthenticated("signature.key_unknown")
    for identifier in wanted:
        if identifier not in covered:
            raise Unauthenticated("signature.incomplete", component=identifier.split('"')[1])
    _check_time(parameters, now)
    if not same_secret(headers.get("content-digest", ""), content_digest(message.body)):
        raise Unauthenticated("signature.digest_differs")
    base = signature_base([(component, message.component(component)) for component in covered], declared[2])
    if not key.fits(_decoded(signed[2]), base):
        raise Unauthenticated("signature.wrong")
    return key, parameters["nonce"]


def _check_time(parameters: Mapping[str, str], now: float) -> None:
    try:
        created, expires = int(parameters["created"]), int(parameters["expires"])
    except (KeyError, ValueError):
        raise Unauthenticated("signature.malformed") from None
    if not parameters.get("nonce"):
        raise Unauthenticated("signature.malformed")
    if abs(now - created) > SKEW_SECONDS or expires < int(now):
        raise Unauthenticated("signature.out_of_time")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Unauthenticated("signature.malformed") from None


def _header(headers: Mapping[str, str], name: str) -> str | None:
    value = headers.get(name)
    return None if value is None else " ".join(line.strip() for line in value.splitlines()).strip()
