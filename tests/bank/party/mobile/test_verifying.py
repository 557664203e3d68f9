"""Showing from afar who one is: what is no photo, too large, or no name goes nowhere and stays out of the book."""

import re

import pytest

from canglian.bank.party.commands import AddListEntry
from canglian.bank.party.model import Colour, ListedBy
from canglian.bank.party.sealing import DOCUMENT
from tests.bank.party.people import identity
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Phone, Town

MOBILE = "13700137001"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
FIELDS = {"authority": "新城县公安局", "valid_from": "2020-01-01", "valid_until": "2040-01-01"}


async def at_the_document(phone: NewPhone) -> Phone:
    """Somebody new, who has said a name and agreed, before the photo."""
    mobile = phone()
    await mobile.sign_in(MOBILE, "/m/verify")
    await mobile.send("/m/verify/who", name="诸葛小米", number=identity(88))
    await mobile.send("/m/verify/begin", agree="1")
    return mobile


async def photo(mobile: Phone, content: bytes, **fields: str) -> tuple[int, str]:
    """Send the step of the document with a photo; the status and the page."""
    await mobile.look("/m/verify")
    data = {**mobile.form("/m/verify/document"), **FIELDS, **fields}
    answer = await mobile.client.post("/m/verify/document", data=data, files={"picture": ("card.png", content)})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("<script>alert(1)</script>", identity(88)),
        ("诸葛小米", identity(88)[:-1] + "x1"),
        ("诸", identity(88)),
        ("", ""),
    ],
)
async def test_what_is_no_name_or_number_stays_at_its_field(
    town: Town, phone: NewPhone, name: str, number: str
) -> None:
    mobile = phone()
    await mobile.sign_in(MOBILE, "/m/verify")
    before = await town.services.reader.rows("SELECT id FROM party WHERE book = $1", 1)
    page = await mobile.send("/m/verify/who", name=name, number=number)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "<script>alert" not in page.text
    assert await town.services.reader.rows("SELECT id FROM party WHERE book = $1", 1) == before


async def test_only_a_photo_of_some_size_is_taken_and_the_number_is_the_one_that_was_said(
    town: Town, phone: NewPhone
) -> None:
    mobile = await at_the_document(phone)
    for content in (b"", b"MZ" + bytes(500), b"<svg onload=alert(1)>" + bytes(500), PNG[:12]):
        status, page = await photo(mobile, content)
        assert status == 422
        assert "照片" in page
    status, page = await photo(mobile, PNG + bytes(5 * 2**20))
    assert status == 413
    assert "4194304" in page.replace(",", "")
    assert "<html" in page
    assert await town.services.reader.rows("SELECT id FROM party_document WHERE book = $1", 1) == []
    status, _ = await photo(mobile, PNG)
    assert status == 303
    assert (await town.services.reader.rows("SELECT state FROM remote_opening WHERE book = $1", 1))[0][0] == "document"
    (sealed,) = (await town.services.reader.rows("SELECT number_sealed FROM party_document WHERE book = $1", 1))[0]
    assert town.services.keyring.open(sealed, DOCUMENT) == identity(88)


async def test_a_step_that_is_sent_twice_is_taken_once(town: Town, phone: NewPhone) -> None:
    mobile = await at_the_document(phone)
    await mobile.look("/m/verify")
    data = {**mobile.form("/m/verify/document"), **FIELDS}
    for _ in range(2):
        answer = await mobile.client.post("/m/verify/document", data=data, files={"picture": ("card.png", PNG)})
        assert answer.status_code == 303
    assert len(await town.services.reader.rows("SELECT id FROM party_document WHERE book = $1", 1)) == 1


async def test_nobody_is_told_on_a_phone_of_being_on_a_list(town: Town, phone: NewPhone) -> None:
    seal = await town.sealer()
    listed = seal.subject(MOBILE, ListedBy.MOBILE)
    await town.do(AddListEntry(colour=Colour.BLACK, subject=listed, reason="涉诈"))
    page = (await at_the_document(phone)).page
    assert "请先带身份证到网点办理" in page.text
    assert "黑名单" not in page.text
    assert "涉诈" not in page.text


async def test_the_number_of_a_customer_is_answered_as_that_of_nobody(town: Town, phone: NewPhone) -> None:
    known = await town.person()
    pages: list[str] = []
    for own, number in (("13700137011", known.number), ("13700137012", identity(89))):
        mobile = phone()
        await mobile.sign_in(own, "/m/verify")
        page = await mobile.send("/m/verify/who", name="诸葛小米", number=number)
        assert page.status_code == 200
        pages.append(re.sub(r'value="[^"]*"', "", page.text).replace(own[-4:], ""))
        assert "/m/verify/begin" in page.text
    assert pages[0] == pages[1]
