"""The people, shops and payers of the demo's year, registered on its first day; asked again, they are the same."""

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from canglian.bank.party.checks import identity_check
from canglian.bank.party.commands import AddDocument, RegisterParty, VerifyFaceToFace
from canglian.bank.party.model import DocumentKind, PartyKind
from canglian.bank.party.sealing import Sealer
from canglian.bank.payment.commands import RegisterMerchant
from canglian.kernel.values import SHANGHAI
from canglian.scenario.shopping.commands import OpenBureau
from canglian.scenario.shopping.demo.city import ACTOR, City, Payers
from canglian.scenario.shopping.demo.payers import BUREAU, LOGIN, Payer, open_account, open_payer, open_wallet
from canglian.web.demo_names import SHOPS, people

_BORN, _SINCE = date(1958, 3, 1), date(2019, 5, 1)
_PERSON_HAS, _PAYER_HAS = 1_000_000, 50_000_000
_COMPANY = Payer("company", "姑苏商圈", "91330106MA0000001", _PAYER_HAS)
_CATEGORIES = ("5411", "5812", "5814", "5942", "5943", "5992", "5311", "5499")


class Shopper(msgspec.Struct, frozen=True):
    """A person and the e-CNY wallet that pays."""

    party: str
    wallet: str


class Town(msgspec.Struct, frozen=True):
    """Who buys, where, and who pays for it."""

    shoppers: list[Shopper]
    shops: list[str]
    payers: Payers


async def open_town(city: City, count: int) -> Town:
    """Register so many people, all shops, and the two that pay for campaigns."""
    names = people(count)
    shoppers = await asyncio.gather(*(_shopper(city, number, name) for number, name in enumerate(names)))
    shops = await asyncio.gather(*(_shop(city, number, name) for number, name in enumerate(SHOPS)))
    at = datetime.combine(city.today, time(), SHANGHAI)
    bureau = await open_payer(city, BUREAU._replace(has=_PAYER_HAS), shoppers[0].party, at)
    company = await open_payer(city, _COMPANY, shoppers[1].party, at)
    await city.ask("bureau", OpenBureau(name=BUREAU.name, wallets=(bureau,), logins=(LOGIN,)))
    return Town(list(shoppers), list(shops), Payers(bureau=bureau, company=company))


async def _shopper(city: City, number: int, name: str) -> Shopper:
    key = f"year:person-{number}"
    sealer = Sealer(city.services.keyring, city.today, f"{ACTOR}/shopping:{key}")
    digits = f"330106{_BORN + timedelta(days=101 * number):%Y%m%d}{number % 900 + 100:03d}"
    identity = digits + identity_check(digits)
    command = RegisterParty(
        party_kind=PartyKind.PERSON,
        name=sealer.name(name, PartyKind.PERSON),
        number=sealer.number(identity, PartyKind.PERSON),
        mobile=sealer.mobile(f"1370013{number:04d}"),
    )
    party: str = (await city.ask(key, command)).id
    paper = AddDocument(
        party=party,
        document_kind=DocumentKind.IDENTITY_CARD,
        number=sealer.document(identity),
        authority="姑苏公安局",
        valid_from=_SINCE,
    )
    document: Any = await city.ask(f"{key}:document", paper)
    await city.ask(f"{key}:seen", VerifyFaceToFace(party=party, document=document.id, place="姑苏支行营业厅"))
    account = await open_account(city, key, party, "deposit.class1", _PERSON_HAS)
    return Shopper(party, await open_wallet(city, key, party, account, "wallet.ecny1", _PERSON_HAS))


async def _shop(city: City, number: int, name: str) -> str:
    command = RegisterMerchant(name=name, category=_CATEGORIES[number % len(_CATEGORIES)], region="330106")
    return (await city.ask(f"year:shop-{number}", command)).id
