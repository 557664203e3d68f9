"""Sealed fields open where they belong and nowhere else; blind indexes meet; masks hide."""

import base64

import pytest

from canglian.kernel.crypto import Keyring, masked_card, masked_identity, masked_mobile, masked_name, same_secret
from canglian.kernel.errors import Malformed, Unavailable
from canglian.kernel.settings import Settings

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32


def test_a_sealed_field_opens_in_its_place_only() -> None:
    ring = Keyring({"1": OLD}, INDEX)
    sealed = ring.seal("13812345678", "party.mobile")
    assert sealed.startswith("sealed:1:")
    assert "13812345678" not in sealed
    assert ring.open(sealed, "party.mobile") == "13812345678"
    with pytest.raises(Malformed, match="not sealed"):
        ring.open(sealed, "party.identity")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    ring = Keyring({"1": OLD}, INDEX)
    assert ring.seal("x", "a") != ring.seal("x", "a")


def test_the_same_text_of_the_same_request_is_sealed_alike() -> None:
    ring = Keyring({"1": OLD}, INDEX)
    once = ring.seal("x", "a", request="key-1")
    assert once == ring.seal("x", "a", request="key-1")
    assert ring.open(once, "a") == "x"
    others = {
        ring.seal(*sealing[:2], request=sealing[2])
        for sealing in (("x", "a", "key-2"), ("x", "b", "key-1"), ("y", "a", "key-1"))
    }
    assert len(others | {once}) == 4
    nonces = {base64.urlsafe_b64decode(sealed.rpartition(":")[2])[:12] for sealed in others | {once}}
    assert len(nonces) == 4


def test_a_changed_field_does_not_open() -> None:
    ring = Keyring({"1": OLD}, INDEX)
    sealed = ring.seal("secret", "a")
    head, _, text = sealed.rpartition(":")
    data = bytearray(base64.urlsafe_b64decode(text))
    data[-1] ^= 1
    with pytest.raises(Malformed, match="not sealed"):
        ring.open(f"{head}:{base64.urlsafe_b64encode(data).decode()}", "a")
    with pytest.raises(Malformed, match="not sealed"):
        ring.open("plain", "a")


def test_keys_rotate_and_old_fields_still_open() -> None:
    old = Keyring({"1": OLD}, INDEX).seal("secret", "a")
    ring = Keyring({"2": NEW, "1": OLD}, INDEX)
    assert ring.open(old, "a") == "secret"
    assert not ring.is_current(old)
    fresh = ring.reseal(old, "a")
    assert ring.is_current(fresh)
    assert ring.reseal(fresh, "a") == fresh
    alone = Keyring({"2": NEW}, INDEX)
    assert alone.open(fresh, "a") == "secret"
    with pytest.raises(Unavailable, match="key 1"):
        alone.open(old, "a")


def test_equal_values_meet_in_a_blind_index_whatever_their_spelling() -> None:
    ring = Keyring({"1": OLD}, INDEX)
    index = ring.blind_index("+86 138-1234-5678", "mobile")
    assert index == ring.blind_index("13812345678", "mobile")
    assert index != ring.blind_index("13812345678", "identity")
    assert index != Keyring({"1": OLD}, NEW).blind_index("13812345678", "mobile")
    assert len(index) == 32


def test_keys_come_from_the_configuration() -> None:
    text = base64.b64encode(OLD).decode()
    ring = Keyring.from_settings(Settings(encryption_keys=f"1:{text}", index_key=text))
    assert ring.open(ring.seal("x", "a"), "a") == "x"
    for keys in ("", "1:short", "1:" + base64.b64encode(b"x").decode()):
        with pytest.raises(Malformed, match="32 bytes"):
            Keyring.from_settings(Settings(encryption_keys=keys, index_key=text))


def test_two_keys_of_one_number_are_refused() -> None:
    texts = [base64.b64encode(key).decode() for key in (NEW, OLD)]
    with pytest.raises(Malformed, match="same number"):
        Keyring.from_settings(Settings(encryption_keys=f"1:{texts[0]},1:{texts[1]}", index_key=texts[0]))


@pytest.mark.parametrize("given", ["secret", b"secret", "sécret", "ｓecret", "\udcff", b"\xff", "", "secret\0"])
def test_any_text_and_any_bytes_are_compared_with_a_secret(given: str | bytes) -> None:
    assert same_secret(given, "secret") == same_secret(given, b"secret") == (given in ("secret", b"secret"))


def test_masks_hide_what_they_should() -> None:
    assert masked_mobile("13812345678") == "138****5678"
    assert masked_mobile("123") == "***"
    assert masked_identity("11010519491231002X") == "1****************X"
    assert masked_identity("1234") == "****"
    assert masked_name("张小明") == "张**"
    assert masked_card("6222021234567890123") == "622202*********0123"
    assert masked_card("12345678") == "********"
