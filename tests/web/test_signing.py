"""Signatures over HTTP messages: the standard's own vectors, and everything that may be wrong with one."""

import base64
from typing import Any

import msgspec
import pytest

from canglian.kernel.errors import Busy, CanglianError, Malformed
from canglian.web.signing import (
    SKEW_SECONDS,
    Answered,
    Asked,
    Nonces,
    content_digest,
    signature_base,
    signed_answer,
    signed_request,
    verified_answer,
    verified_request,
)
from canglian.web.signing_keys import HMAC, RSA, SigningKey, VerifyingKey

NOW = 1_764_000_000.0
KEYS = [SigningKey("bank", "ed25519", b"k" * 32), SigningKey("bank", HMAC, b"s" * 64), SigningKey.new("bank", RSA)]
ASKED = Asked(
    "POST",
    "bank.test:8101",
    "/checks/elements",
    "dry=1",
    {"content-type": "application/json", "idempotency-key": "evt_1_7"},
    b'{"a":1}',
)

ALL = '"@method" "@authority" "@path" "@query" "content-digest" "content-type" "idempotency-key"'


def test_vector_of_the_standard_for_hmac() -> None:
    """RFC 9421, B.2.5."""
    secret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    parameters = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    base = signature_base(
        [
            ('"date"', "Tue, 20 Apr 2021 02:07:55 GMT"),
            ('"@authority"', "example.com"),
            ('"content-type"', "application/json"),
        ],
        parameters,
    )
    key = SigningKey.read(f"test-shared-secret:hmac-sha256:{secret}")
    assert base64.b64encode(key.sign(base)) == b"pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def test_vector_of_the_standard_for_ed25519() -> None:
    """RFC 9421, B.2.6; the key is the last 32 bytes of the PKCS#8 document there."""
    document = base64.b64decode("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF")
    parameters = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    base = signature_base(
        [
            ('"date"', "Tue, 20 Apr 2021 02:07:55 GMT"),
            ('"@method"', "POST"),
            ('"@path"', "/foo"),
            ('"@authority"', "example.com"),
            ('"content-type"', "application/json"),
            ('"content-length"', "18"),
        ],
        parameters,
    )
    key = SigningKey("test-key-ed25519", "ed25519", document[-32:])
    wanted = b"wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    assert base64.b64encode(key.sign(base)) == wanted
    assert key.public.fits(base64.b64decode(wanted), base)


def test_vector_of_the_standard_for_rsa() -> None:
    """RFC 9421, B.2.1; the key is test-key-rsa-pss of B.1.2."""
    key = VerifyingKey.read(
        f"test-key-rsa-pss:{RSA}:"
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+"
        "Lh1GH45x28Rw3Ry53mm+oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgc"
        "hwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9"
        "v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI2wIDAQAB"
    )
    base = signature_base([], '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"')
    signature = base64.b64decode(
        "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA"
        "7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0m"
        "KZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO"
        "5Nyt8C8ssinQ98Xw9Q=="
    )
    assert key.fits(signature, base)
    assert not key.fits(signature, base + b" ")
    assert not key.fits(signature[:-1], base)


def test_digest_of_the_standard() -> None:
    """RFC 9530, appendix D."""
    assert content_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def signed(key: SigningKey, asked: Asked = ASKED, now: float = NOW, **more: Any) -> Asked:
    return msgspec.structs.replace(asked, headers={**asked.headers, **signed_request(key, asked, now, **more)})


def refused(asked: Asked, key: VerifyingKey, now: float = NOW, nonces: Nonces | None = None) -> str:
    with pytest.raises(CanglianError) as caught:
        verified_request({key.id: key}, asked, now, nonces or Nonces())
    return caught.value.code


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
def test_what_was_signed_is_taken_once(key: SigningKey) -> None:
    asked, nonces = signed(key), Nonces()
    assert verified_request({"bank": key.public}, asked, NOW, nonces) == key.public
    assert refused(asked, key.public, nonces=nonces) == "signature.replayed"
    verified_request({"bank": key.public}, signed(key), NOW, nonces)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"authority": "other.test"},
        {"path": "/checks/liveness"},
        {"query": ""},
        {"body": b'{"a":2}'},
    ],
    ids=str,
)
def test_what_was_changed_on_its_way_is_refused(key: SigningKey, change: dict[str, Any]) -> None:
    code = refused(msgspec.structs.replace(signed(key), **change), key.public)
    assert code == ("signature.digest_differs" if "body" in change else "signature.wrong")


@pytest.mark.parametrize("name", ["content-type", "idempotency-key"])
def test_headers_that_matter_are_covered(name: str) -> None:
    whole = signed(KEYS[0])
    other = msgspec.structs.replace(whole, headers={**whole.headers, name: "other"})
    assert refused(other, KEYS[0].public) == "signature.wrong"
    without = {k: v for k, v in ASKED.headers.items() if k != name}
    bare = signed(KEYS[0], msgspec.structs.replace(ASKED, headers=without))
    added = msgspec.structs.replace(bare, headers={**bare.headers, name: "x"})
    assert refused(added, KEYS[0].public) == "signature.incomplete"


def test_another_key_and_an_unknown_one_are_refused() -> None:
    other = SigningKey("bank", "ed25519", b"x" * 32)
    assert refused(signed(KEYS[0]), other.public) == "signature.wrong"
    stranger = SigningKey("stranger", "ed25519", b"x" * 32)
    assert refused(signed(stranger), KEYS[0].public) == "signature.key_unknown"
    # the public key of an Ed25519 pair is no shared secret, whatever the sender says
    public_as_secret = SigningKey("bank", HMAC, KEYS[0].public.key)
    assert refused(signed(public_as_secret), KEYS[0].public) == "signature.key_unknown"


@pytest.mark.parametrize(("age", "taken"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_five_minutes_and_no_more(age: int, taken: bool) -> None:
    asked = signed(KEYS[0], now=NOW - age)
    if taken:
        verified_request({"bank": KEYS[0].public}, asked, NOW, Nonces())
    else:
        assert refused(asked, KEYS[0].public) == "signature.out_of_time"


def test_a_nonce_is_remembered_for_as_long_as_its_signature_could_be_taken() -> None:
    nonces, key = Nonces(), KEYS[0]
    ahead = signed(key, now=NOW + SKEW_SECONDS)
    verified_request({"bank": key.public}, ahead, NOW, nonces)
    assert refused(ahead, key.public, NOW + 2 * SKEW_SECONDS, nonces) == "signature.replayed"
    assert refused(ahead, key.public, NOW + 2 * SKEW_SECONDS + 1, nonces) == "signature.out_of_time"


def test_a_forged_message_uses_up_no_nonce() -> None:
    nonces, whole = Nonces(), signed(KEYS[0])
    assert refused(msgspec.structs.replace(whole, body=b"{}"), KEYS[0].public, nonces=nonces) != "signature.replayed"
    verified_request({"bank": KEYS[0].public}, whole, NOW, nonces)


def test_when_there_are_too_many_nonces_the_sender_waits() -> None:
    nonces = Nonces(most=1)
    nonces.take("bank", "a", NOW)
    with pytest.raises(Busy):
        nonces.take("bank", "b", NOW)
    nonces.take("bank", "b", NOW + 3 * SKEW_SECONDS)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("signature", None, "signature.missing"),
        ("signature-input", None, "signature.missing"),
        ("signature", "sig=abc", "signature.malformed"),
        ("signature", "sig=:YQ:", "signature.malformed"),
        ("signature", "other=:YWJj:", "signature.malformed"),
        ("signature-input", "sig=()", "signature.key_unknown"),
        ("signature-input", 'sig=("@method" "@method");keyid="bank"', "signature.malformed"),
        ("signature-input", 'sig=("@method");keyid="bank"', "signature.incomplete"),
        ("signature-input", '("@method")', "signature.malformed"),
        ("signature-input", f'sig=({ALL});keyid="bank"', "signature.malformed"),
        ("content-digest", "sha-256=:é:", "signature.digest_differs"),
        ("content-digest", "sha-256=:\udcff:", "signature.digest_differs"),
        ("content-type", "application/jsön", "signature.wrong"),
        ("signature", "sig=:é:", "signature.malformed"),
    ],
)
def test_what_cannot_be_read_is_refused(header: str, value: str | None, code: str) -> None:
    whole = signed(KEYS[0])
    headers = {name: text for name, text in whole.headers.items() if name != header}
    if value is not None:
        headers[header] = value
    assert refused(msgspec.structs.replace(whole, headers=headers), KEYS[0].public) == code


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
def test_an_answer_is_bound_to_its_request(key: SigningKey) -> None:
    asked = signed(key)
    answered = Answered(200, {"content-type": "application/json"}, asked.headers, b'{"ok":true}')
    headers = {**answered.headers, **signed_answer(key, answered, NOW)}
    right = msgspec.structs.replace(answered, headers=headers)
    verified_answer(key.public, right, NOW)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"status": 201}, "signature.wrong"),
        ({"body": b"{}"}, "signature.digest_differs"),
        ({"asked": signed(key).headers}, "signature.wrong"),
        ({"headers": answered.headers}, "signature.missing"),
    ]
    for change, code in changes:
        with pytest.raises(CanglianError) as caught:
            verified_answer(key.public, msgspec.structs.replace(right, **change), NOW)
        assert caught.value.code == code, change


@pytest.mark.parametrize(
    "text",
    ["", "bank", "bank:ed25519:", "bank:ed25519:YWJj", "bank:rsa:" + "A" * 44, "b nk:ed25519:" + "A" * 43 + "=", "x:y"],
)
def test_a_key_that_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        SigningKey.read(text)
    assert caught.value.code == "signature.key_invalid"
    assert not text or text not in str(caught.value)


def test_keys_are_written_as_they_are_read_and_shown_without_their_secret() -> None:
    for key in KEYS:
        assert SigningKey.read(str(key)) == key
        assert VerifyingKey.read(str(key.public)) == key.public
        assert base64.b64encode(key.secret).decode() not in repr(key)
