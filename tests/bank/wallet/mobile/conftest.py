"""A town whose bank can send messages, and phones in it."""

import base64
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from canglian.app.opening import Opened
from canglian.app.server import create_app
from canglian.kernel.settings import Settings
from tests.bank.wallet.mobile.town import Phone, Town
from tests.conftest import client_of

KEY = "test:hmac-sha256:" + base64.b64encode(b"s" * 32).decode()

NewPhone = Callable[[], Phone]


@pytest.fixture
def configuration(configuration: Settings) -> Settings:
    """An SMS service is connected; what is sent to it waits in the outbox, and tests read it there."""
    return msgspec.structs.replace(configuration, sms_url="http://127.0.0.1:9", sms_key=KEY, sms_peer=KEY)


@pytest.fixture
def town(installation: Opened) -> Town:
    return Town(installation)


@pytest.fixture
async def phone(installation: Opened, town: Town) -> AsyncIterator[Callable[[], Phone]]:
    """Makes a phone; all share the bank and nothing else."""
    app = create_app(installation)
    made: list[Phone] = []

    def make() -> Phone:
        made.append(Phone(client_of(app), town))
        return made[-1]

    yield make
    for phone in made:
        await phone.client.aclose()
