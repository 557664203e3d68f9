"""Signatures as the Standard Webhooks specification computes them."""

from datetime import UTC, datetime

from canglian.kernel.outbox import new_secret
from canglian.kernel.outbox.signing import headers, message, signature
from canglian.kernel.records import Event

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_is_the_one_of_the_published_example() -> None:
    body = b'{"test": 2432232314}'
    signed = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_secret_signs() -> None:
    both = headers([SECRET, new_secret()], "evt_1_2", 7, b"{}")
    assert both["webhook-signature"].startswith("v1,")
    assert both["webhook-signature"].count(" v1,") == 1
    assert both["webhook-timestamp"] == "7"


def test_the_same_event_makes_the_same_bytes() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    event = Event(3, 2, at, "a.b", "x:1", {"b": 1, "a": "二"})
    other = Event(3, 2, at, "a.b", "x:1", {"a": "二", "b": 1})
    assert message(1, event) == message(1, other)
    assert "二".encode() in message(1, event)


def test_secrets_are_long_and_differ() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(new_secret()) == len("whsec_") + 44
