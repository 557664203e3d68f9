"""Nobody learns by asking whether somebody is a customer: the same page, status and work, and so many questions."""

import dataclasses
import re
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from canglian.app.opening import Opened
from canglian.app.server import create_app
from canglian.bank.party.queries import parties
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Busy
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from canglian.web.mobile.lookups import DEVICE_DAYS, Lookups, device_cookie, known_device
from canglian.web.mobile.person import Person
from tests.bank.party.mobile.test_auth import wrong
from tests.bank.party.people import identity
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Phone, Resident, Town
from tests.conftest import client_of

KEYRING = Keyring({"1": b"k" * 32}, b"i" * 32)
BURST = 5
MOBILES = 4

_what_differs = re.compile(r'req_[0-9a-f]+|value="[^"]*"|\d{3}\*{4}\d{4}')
"""The number of the request, keys and tokens of forms, and one's own mobile as a mask."""


@pytest.fixture
def configuration(configuration: Settings) -> Settings:
    """Few questions at once, and hardly any more after that."""
    return msgspec.structs.replace(
        configuration,
        lookups_burst=BURST,
        lookups_per_hour=1,
        lookups_per_address=2,
        mobile_lookups_per_day=MOBILES,
        sign_in_codes_burst=BURST,
        sign_in_codes_per_minute=1,
    )


class Work:
    """What is done for a request: its queries and commands, in their order. It is what the time is spent on."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def taken(self) -> list[str]:
        done, self.done = self.done, []
        return done


@pytest.fixture
def work(town: Town, monkeypatch: pytest.MonkeyPatch) -> Work:
    counted = Work()
    rows, submit = Reader.rows, town.services.engine.submit

    async def read(reader: Reader, sql: str, *values: Any) -> Any:
        counted.done.append(sql)
        return await rows(reader, sql, *values)

    async def submitted(book: int, command: Any, **more: Any) -> Any:
        counted.done.append(type(command).__name__)
        return await submit(book, command, **more)

    monkeypatch.setattr(Reader, "rows", read)
    monkeypatch.setattr(town.services.engine, "submit", submitted)
    return counted


async def answered(phone: Phone, work: Work, action: str, **values: str) -> tuple[int, str, list[str]]:
    """Status, text and work of a form that is sent, without what follows it."""
    form = phone.form(action)
    work.taken()
    phone.page = await phone.client.post(action, data={**form, **values})
    return phone.page.status_code, _what_differs.sub("", phone.page.text), work.taken()


async def people(town: Town) -> tuple[Resident, Resident]:
    """A customer who was seen, and one who was only registered."""
    return await town.person(), await town.person("司徒振华", seen=False)


async def test_a_code_is_sent_alike_to_a_mobile_that_somebody_has_and_one_that_nobody_has(
    town: Town, phone: NewPhone, work: Work
) -> None:
    answers: list[Any] = []
    for mobile in (*(resident.mobile for resident in await people(town)), "13700137001"):
        them = phone()
        await them.look("/m/sign-in")
        asked = await answered(them, work, "/m/sign-in", mobile=mobile)
        again = await answered(them, work, "/m/sign-in/code", code=wrong(await them.code()))
        answers.append((asked, again))
    assert answers[0][0][0] == 200
    assert "AskSignInCode" in answers[0][0][2]
    assert answers[0] == answers[1] == answers[2]


async def test_an_identity_number_is_taken_alike_whoever_has_it(town: Town, phone: NewPhone, work: Work) -> None:
    seen, registered = await people(town)
    answers: list[Any] = []
    for serial, number in enumerate((seen.number, registered.number, identity(500), identity(500))):
        them = phone()
        await them.sign_in(f"1370013701{serial}", "/m/verify")
        said = await answered(them, work, "/m/verify/who", name="诸葛小米", number=number)
        work.taken()
        page = await them.look("/m/verify")
        shown = page.status_code, _what_differs.sub("", page.text), work.taken()
        begun = await answered(them, work, "/m/verify/begin", agree="1")
        answers.append((said, shown, begun))
    assert answers[0][0][0] == 303
    assert "IntroducePerson" in answers[0][0][2]
    assert answers[0] == answers[1] == answers[2] == answers[3]


async def test_the_holder_is_told_and_nobody_else(town: Town, phone: NewPhone) -> None:
    seen, _ = await people(town)
    claimants: list[str] = []
    for mobile, number in (("13700137011", seen.number), ("13700137012", identity(500))):
        them = phone()
        await them.sign_in(mobile, "/m/verify")
        await them.send("/m/verify/who", name="诸葛小米", number=number)
    sql = "SELECT payload FROM event WHERE book = $1 AND kind = 'party.number_claimed' ORDER BY number"
    for row in await town.services.reader.rows(sql, 1):
        payload = msgspec.json.decode(row[0]) if isinstance(row[0], str | bytes) else row[0]
        assert list(payload) == ["party"]
        claimants.append(payload["party"])
    first, second = [await parties.holder(town.services.reader, 1, claimant) for claimant in claimants]
    assert first is not None
    assert first.id == seen.party.id
    assert second is None


async def look_up(phone: Phone, wallet: str, number: str) -> str:
    """The page that answers who asks for a payee."""
    await phone.look(f"/m/wallets/{wallet}/transfer")
    return (await phone.send(f"/m/wallets/{wallet}/transfer", number=number, amount="1.00", note="")).text


async def test_payees_are_asked_for_so_often_only_found_or_not(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    mine, theirs = await town.wallet(payer, funds=10_000), await town.wallet(await town.person("司徒振华"))
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    unknown = town.number(await town.wallet(await town.person("令狐明月")))
    known = town.number(theirs)
    for asked in range(BURST):
        page = await look_up(mobile, mine.id, known if asked % 2 else unknown)
        assert "请求太频繁" not in page
        assert "查询太频繁" not in page
    before = await town.commands()
    for number in (known, unknown):
        assert "查询太频繁" in await look_up(mobile, mine.id, number)
    action = f"/m/wallets/{mine.id}/transfer"
    form = mobile.form(action)
    paid = await mobile.client.post(f"{action}/pay", data={**form, "number": known, "amount": "1.00", "pin": PIN})
    assert "查询太频繁" in paid.text
    await mobile.look("/m/scan")
    assert "查询太频繁" in (await mobile.send("/m/scan", code=known)).text
    assert await town.commands() == before
    later = phone()  # another session and device of the same mobile
    await later.sign_in(payer.mobile)
    assert "查询太频繁" in await look_up(later, mine.id, known)


async def test_a_mobile_without_a_wallet_is_answered_alike_whoever_has_it(
    town: Town, phone: NewPhone, work: Work
) -> None:
    payer = await town.person()
    mine = await town.wallet(payer, funds=10_000)
    seen, registered = await people(town)
    nameless = (await town.sealer()).mobile("13700137002")
    await town.wallet(None, "wallet.ecny4", mobile=nameless)  # of another money than the payer's
    them = phone()
    await them.sign_in(payer.mobile)
    action = f"/m/wallets/{mine.id}/transfer"
    answers: list[Any] = []
    for mobile in (seen.mobile, registered.mobile, "13700137002", "13700137001"):
        await them.look(action)
        status, page, done = await answered(them, work, action, number=mobile, amount="1.00", note="")
        answers.append((status, page.replace(mobile, ""), done))
    assert answers[0][0] == 422
    assert "对方暂时不能收这笔钱" in answers[0][1]
    assert answers[0] == answers[1] == answers[2] == answers[3]


async def test_mobiles_are_asked_for_less_often_than_numbers_found_or_not(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=10_000), await town.wallet(payee)
    them = phone()
    await them.sign_in(payer.mobile)
    for asked in range(MOBILES):
        page = await look_up(them, mine.id, "13700137001" if asked % 2 else payee.mobile)
        assert "查询太频繁" not in page
    before = await town.commands()
    assert "查询太频繁" not in await look_up(them, mine.id, town.number(theirs))
    for typed in (payee.mobile, "13700137001", f"+86 {payee.mobile}", "137-0013-7001"):
        assert "查询太频繁" in await look_up(them, mine.id, typed), typed
    assert await town.commands() == before


async def test_what_an_address_has_asked_for_is_counted_by_each_server_for_itself(
    installation: Opened, town: Town, phone: NewPhone
) -> None:
    mobile = phone()

    async def ask(number: int) -> httpx.Response:
        await mobile.look("/m/sign-in")
        return await mobile.send("/m/sign-in", mobile=f"1370013{number:04d}")

    for number in range(town.services.settings.sign_in_codes_burst):
        assert (await ask(number)).status_code == 200
    before = await town.commands()
    assert (await ask(99)).status_code == 422
    assert "请求太频繁" in mobile.page.text
    assert await town.commands() == before
    services = dataclasses.replace(installation.services, memory={})
    mobile = Phone(client_of(create_app(msgspec.structs.replace(installation, services=services))), town)
    assert (await ask(99)).status_code == 200
    await mobile.client.aclose()


async def test_a_device_on_which_somebody_signed_in_is_not_kept_out_by_its_neighbours(
    town: Town, phone: NewPhone
) -> None:
    owner = await town.person()
    mine = phone()
    await mine.sign_in(owner.mobile)
    other = phone()
    for number in range(BURST):
        await other.look("/m/sign-in")
        await other.send("/m/sign-in", mobile=f"1370013{number:04d}")
    assert "请求太频繁" in other.page.text
    await mine.look("/m/me")
    await mine.send("/m/sign-out")
    await mine.look("/m/sign-in")
    assert (await mine.send("/m/sign-in", mobile=owner.mobile)).status_code == 200


async def test_an_address_asks_so_often_whoever_signs_in_there(town: Town) -> None:
    lookups = Lookups(town.services.settings)

    def ask(person: int, device: str | None) -> None:
        lookups.take(somebody(person), device, "10.0.0.1")

    for person in range(BURST * 2):
        ask(person, None)
    with pytest.raises(Busy, match=r"lookup\.often"):
        ask(98, None)
    for _ in range(BURST):
        ask(99, "a device")
    with pytest.raises(Busy, match=r"lookup\.often"):
        ask(97, "a device")
    ask(97, "another device")


def somebody(number: int) -> Person:
    return Person(1, "s", None, "", "", f"{number:032x}", "none", "person:x", "person:x", "person")


def test_the_cookie_of_a_device_is_ours_for_a_while_and_says_no_mobile() -> None:
    index = "a" * 32
    cookie = device_cookie(KEYRING, index)
    assert index not in cookie
    owner = known_device(KEYRING, cookie)
    assert owner == known_device(KEYRING, device_cookie(KEYRING, index))
    assert owner != known_device(KEYRING, device_cookie(KEYRING, "b" * 32))
    assert known_device(KEYRING, cookie, utc_now() + timedelta(days=DEVICE_DAYS + 1)) is None
    assert known_device(Keyring({"1": b"k" * 32}, b"j" * 32), cookie) is None
    for text in (None, "", ".", "...", "é", f"x{cookie}", cookie + "0", cookie.replace(".", "..", 1)):
        assert known_device(KEYRING, text) is None
