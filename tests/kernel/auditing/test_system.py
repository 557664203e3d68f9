"""The book of the installation itself is a book like every other: its log leads to what is stored."""

from canglian.app.opening import Opened
from canglian.kernel.auditing import replay, verify
from canglian.kernel.values import SYSTEM_BOOK
from canglian.ledger import AUDITED, Book
from tests.conftest import Caller


async def test_users_and_keys_verify_and_replay(installation: Opened, call: Caller) -> None:
    body = {"asset": "CNY", "head": "2011"}
    for key in ("one", "two", "one"):
        assert (await call("POST", "/v1/accounts", body, headers={"idempotency-key": key})).status_code < 300
    assert (await call("POST", "/v1/accounts", {**body, "head": "nil"})).status_code >= 400
    services = installation.services
    for book, table in ((SYSTEM_BOOK, "book_profile"), (1, "account")):
        assert (await verify(services.reader, book, AUDITED)).broken is None
        replayed = await replay(services.store, book, Book)
        assert replayed.differences == []
        assert replayed.rows[table] > 0
