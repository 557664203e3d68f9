"""Who pays for the demo's campaigns: customers like any other; the bureau has a login that sees its money."""

from datetime import UTC, date, datetime, time
from typing import NamedTuple

from canglian.bank.deposit.commands import AllotNumbers, MoveCash, OpenDepositAccount
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.limit import Direction
from canglian.bank.party.checks import credit_check
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    NoteIntentCheck,
    RegisterParty,
    VerifyFaceToFace,
)
from canglian.bank.party.model import Control, DocumentKind, IntentHow, IntentOutcome, Level, PartyKind
from canglian.bank.party.queries import parties
from canglian.bank.party.queries.parties import PartyFilter
from canglian.bank.party.sealing import Sealer
from canglian.bank.wallet.commands import AllotWalletNumbers, ExchangeMoney, OpenWallet
from canglian.bank.wallet.model import ExchangeDirection
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SHANGHAI
from canglian.scenario.shopping.commands import OpenBureau
from canglian.scenario.shopping.demo.city import ACTOR, COUNTER, City, Payers

NAME, LOGIN = "区商务局", "visitor"
_CORPORATE = "wallet.ecny_corporate"
_TODAY, _SINCE = date(2026, 1, 1), date(2019, 5, 1)
_ASKED = datetime(2026, 1, 5, 2, tzinfo=UTC)
_COMPANY_ADDS = 400_000


class Payer(NamedTuple):
    """A customer with a corporate wallet: the key of its commands, its name, its code less the check, and its money."""

    key: str
    name: str
    characters: str
    has: int


BUREAU = Payer("bureau", NAME, "11330106MB0000001", 2_000_000)


async def open_bureau(city: City) -> Payers:
    """Open the bureau with its wallet and its login; the company that pays for the merchants has enough too."""
    page = await wallets.wallets(
        city.services.reader, city.book, WalletFilter(product=_CORPORATE), Order("id", None, 1)
    )
    company = page.items[0].id
    since = datetime.combine(city.today, time(), SHANGHAI)
    seen = PartyFilter(level=Level.FACE_TO_FACE, kind=PartyKind.PERSON, since=since)
    head = (await parties.parties(city.services.reader, city.book, seen, Order("id", None, 1))).items[0].id
    wallet = await open_payer(city, BUREAU, head, _ASKED)
    await _exchange(city, "company", company, _COMPANY_ADDS)
    await city.ask("bureau", OpenBureau(name=NAME, wallets=(wallet,), logins=(LOGIN,)))
    return Payers(bureau=wallet, company=company)


async def open_payer(city: City, payer: Payer, head: str, asked_at: datetime) -> str:
    """A customer with its e-CNY wallet, in which its money is; ``head`` manages it, and was asked why."""
    return await _wallet(city, payer, await _registered(city, payer, head, asked_at))


async def _registered(city: City, payer: Payer, head: str, asked_at: datetime) -> str:
    """It as a customer that lacks nothing to have an account."""
    key, sealer = payer.key, Sealer(city.services.keyring, _TODAY, f"{ACTOR}/shopping:{payer.key}")
    code = payer.characters + credit_check(payer.characters)
    command = RegisterParty(
        party_kind=PartyKind.COMPANY,
        name=sealer.name(payer.name, PartyKind.COMPANY),
        number=sealer.number(code, PartyKind.COMPANY),
        representative=head,
    )
    party: str = (await city.ask(f"{key}:party", command)).id
    await city.ask(f"{key}:head", AddBeneficialOwner(company=party, owner=head, control=Control.MANAGEMENT))
    paper = AddDocument(
        party=party,
        document_kind=DocumentKind.BUSINESS_LICENCE,
        number=sealer.document(code),
        authority="新城县市场监督管理局",
        valid_from=_SINCE,
    )
    document = await city.ask(f"{key}:document", paper)
    await city.ask(f"{key}:seen", VerifyFaceToFace(party=party, document=document.id, place="新城支行营业厅"))
    check = NoteIntentCheck(
        company=party,
        spoke_with=head,
        how=IntentHow.ON_SITE,
        held_at=asked_at,
        reference=f"intent-{key}",
        outcome=IntentOutcome.CONFIRMED,
    )
    await city.ask(f"{key}:intent", check)
    return party


async def _wallet(city: City, payer: Payer, party: str) -> str:
    account = await open_account(city, payer.key, party, "deposit.corporate", payer.has)
    return await open_wallet(city, payer.key, party, account, _CORPORATE, payer.has)


async def open_account(city: City, key: str, party: str, product: str, has: int) -> str:
    """A deposit account with cash in it; its id."""
    row = await city.ask(f"{key}:number", AllotNumbers())
    number = ACCOUNT_NUMBERS.allotted(city.services.keyring, row.prefix, row.first, f"{ACTOR}/shopping:{key}:account")
    opening = OpenDepositAccount(number=number, product=product, channel=COUNTER, party=party)
    account: str = (await city.ask(f"{key}:account", opening)).id
    await city.ask(f"{key}:cash", MoveCash(account=account, direction=Direction.IN, amount=has))
    return account


async def open_wallet(city: City, key: str, party: str, account: str, product: str, has: int) -> str:
    """An e-CNY wallet with money of an account in it; its id."""
    allotted = await city.ask(f"{key}:wallet-number", AllotWalletNumbers())
    holder = f"{ACTOR}/shopping:{key}:wallet"
    number = WALLET_NUMBERS.allotted(city.services.keyring, allotted.prefix, allotted.first, holder)
    asked = OpenWallet(product=product, number=number, channel=COUNTER, party=party, deposit=account)
    wallet: str = (await city.ask(f"{key}:wallet", asked)).id
    await _exchange(city, key, wallet, has)
    return wallet


async def _exchange(city: City, key: str, wallet: str, amount: int) -> None:
    command = ExchangeMoney(wallet=wallet, direction=ExchangeDirection.TO_ECNY, amount=amount, channel=COUNTER)
    await city.ask(f"{key}:exchange", command)
