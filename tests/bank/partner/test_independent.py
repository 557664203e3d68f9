"""Requests and answers against another implementation of RFC 9421: the package http-message-signatures."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage] - its public name
from http_message_signatures.exceptions import InvalidSignature
from http_message_signatures.resolvers import HTTPSignatureKeyResolver
from http_message_signatures.signatures import HTTPMessageSigner, HTTPMessageVerifier

from canglian.app.opening import Opened
from canglian.web.signing_keys import VerifyingKey
from tests.bank.partner.calling import Made, made

COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
APP = "/v1/open/app"


class Keys(HTTPSignatureKeyResolver):
    """The app's private key and the bank's public one, by their names."""

    def __init__(self, private: dict[str, bytes], public: dict[str, bytes]) -> None:
        self._private, self._public = private, public

    def resolve_private_key(self, key_id: str) -> Any:
        return Ed25519PrivateKey.from_private_bytes(self._private[key_id])

    def resolve_public_key(self, key_id: str) -> Any:
        return Ed25519PublicKey.from_public_bytes(self._public[key_id])


class Answer(NamedTuple):
    """An answer as the other implementation looks at one."""

    status_code: int
    headers: Any
    request: Any


@pytest.fixture
async def app(installation: Opened) -> Made:
    """An app with a key."""
    return await made(installation)


def request(http: httpx.AsyncClient, app: Made, label: str) -> httpx.Request:
    """A request that the other implementation has signed."""
    asked = http.build_request("GET", APP)
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Keys({app.signing.id: app.signing.secret}, {}))
    now = datetime.now(UTC)
    signer.sign(
        asked,
        key_id=app.signing.id,
        created=now,
        expires=now + timedelta(minutes=5),
        nonce=f"n-{label}",
        label=label,
        covered_component_ids=COVERED,
        body=b"",
    )
    return asked


@pytest.mark.parametrize("label", ["sig", "pyhms", "partner-1"])
async def test_its_requests_are_taken_and_it_takes_our_answers(http: httpx.AsyncClient, app: Made, label: str) -> None:
    answer = await http.send(request(http, app, label))
    assert answer.status_code == 200, answer.text
    bank = VerifyingKey.read(answer.json()["answer_key"])
    verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=Keys({}, {bank.id: bank.key}))
    seen = Answer(answer.status_code, answer.headers, answer.request)
    (verified,) = verifier.verify(seen, body=answer.content)
    assert {'"@status"', '"content-digest"', f'"signature";req;key="{label}"'} <= set(verified.covered_components)
    with pytest.raises(InvalidSignature):
        verifier.verify(seen._replace(status_code=201), body=answer.content)
