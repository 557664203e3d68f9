"""After a change of the encryption key everything that is sealed moves to the new one and still says the same."""

import re
from pathlib import Path

import pytest

from canglian.app.opening import Opened
from canglian.bank.payment import words as payment_words
from canglian.kernel import Reseal
from canglian.kernel.auditing import replay, verify
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Unavailable
from canglian.kernel.outbox import Receiver, add_receiver
from canglian.kernel.queries.sealed import left
from canglian.kernel.resealing import reseal
from canglian.kernel.sealed import Resealed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.ledger import AUDITED, Book
from canglian.web.system.commands import CreateUser, SetSecondFactor
from canglian.web.system.model import User
from tests.kernel.entities import HOUSE_ENTITIES

OLD, NEW, INDEX = b"k" * 32, b"n" * 32, b"i" * 32
BOTH = Keyring({"2": NEW, "1": OLD}, INDEX)
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"


async def people(installation: Opened, count: int) -> None:
    """Users whose second factor is sealed with the old key, and one without."""
    services = installation.services
    for number in range(count + 1):
        command = CreateUser(login=f"user{number}", name="x", password=HASH, roles={})
        user = await services.engine.execute(SYSTEM_BOOK, command, actor="t")
        if number:
            totp = services.keyring.seal(f"SECRET{number}", "house_user.totp")
            await services.engine.execute(SYSTEM_BOOK, SetSecondFactor(user=user.id, totp=totp), actor="t")


async def test_everything_sealed_moves_to_the_newest_key(installation: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canglian.kernel.queries.sealed.PAGE_ROWS", 2)
    services = installation.services
    engine, reader = services.engine, services.reader
    await people(installation, 5)
    _, secret = await add_receiver(
        engine, services.keyring, 1, url="https://shop.example/", name="shop", kinds=["*"], actor="t"
    )
    assert [await left(reader, BOTH, book) for book in (SYSTEM_BOOK, 1)] == [5, 1]
    assert await reseal(engine, reader, BOTH, SYSTEM_BOOK, actor="t") == {"house_user": 5}
    assert await reseal(engine, reader, BOTH, 1, actor="t") == {"receiver": 1}
    assert [await left(reader, BOTH, book) for book in (SYSTEM_BOOK, 1)] == [0, 0]
    before = await services.store.state(SYSTEM_BOOK)
    assert await reseal(engine, reader, BOTH, SYSTEM_BOOK, actor="t") == {}
    assert await services.store.state(SYSTEM_BOOK) == before
    alone = Keyring({"2": NEW}, INDEX)
    users = await services.store.load(SYSTEM_BOOK, User, [1, 2, 3, 4, 5, 6])
    opened = [None if user.totp is None else alone.open(user.totp, "house_user.totp") for user in users.values()]
    assert sorted(text or "" for text in opened) == ["", *(f"SECRET{number}" for number in range(1, 6))]
    (receiver,) = await receivers(installation)
    assert alone.open(receiver.secret, "receiver.secret") == secret
    for book in (SYSTEM_BOOK, 1):
        assert (await verify(reader, book, AUDITED)).broken is None
        assert (await replay(services.store, book, Book)).differences == []


async def receivers(installation: Opened) -> list[Receiver]:
    rows = await installation.services.reader.rows("SELECT id FROM receiver WHERE book = $1", 1)
    return list((await installation.services.store.load(1, Receiver, [row["id"] for row in rows])).values())


async def test_what_was_changed_meanwhile_is_left_alone(installation: Opened) -> None:
    services = installation.services
    await people(installation, 1)
    (user,) = [user for user in (await services.store.load(SYSTEM_BOOK, User, [1, 2])).values() if user.totp]
    fields = {"totp": Resealed("sealed:1:other", BOTH.seal("OTHER", "house_user.totp"))}
    for command in (
        Reseal(table="house_user", key=[user.id], fields=fields),
        Reseal(table="house_user", key=[99], fields=fields),
        Reseal(table="house_user", key=[user.id], fields={"password": Resealed(user.password, "sealed:2:x")}),
    ):
        assert await services.engine.execute(SYSTEM_BOOK, command, actor="t") is False
    assert (await services.store.load(SYSTEM_BOOK, User, [user.id]))[user.id] == user


async def test_without_the_old_key_nothing_is_moved(installation: Opened) -> None:
    services = installation.services
    await people(installation, 2)
    before = await services.store.state(SYSTEM_BOOK)
    alone = Keyring({"2": NEW}, INDEX)
    with pytest.raises(Unavailable, match="key 1"):
        await reseal(services.engine, services.reader, alone, SYSTEM_BOOK, actor="t")
    assert await services.store.state(SYSTEM_BOOK) == before


def test_whatever_a_room_seals_its_entity_declares() -> None:
    """A text that is sealed for ``table.field`` is found again when the key changes."""
    source = Path(__file__).parents[2] / "src" / "canglian"
    texts = "\n".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    places = set(re.findall(r'^[A-Z_]+ = "([a-z_]+\.[a-z_]+)"$', texts, re.M))
    fields = {f"{entity.__table__}.{field}" for entity in HOUSE_ENTITIES for field in entity.__struct_fields__}
    sealed_for = places & fields - set(
        payment_words.CODES
    )  # what a transfer is for is named like a field, and seals nothing
    declared = {about for entity in HOUSE_ENTITIES for about in entity.__sealed__.values()}
    assert {"receiver.secret", "house_user.totp"} <= declared
    assert sealed_for <= declared
    for entity in HOUSE_ENTITIES:
        assert entity.__sealed__.keys() <= set(entity.__struct_fields__)
