"""The bureau of the demo: a customer like any other, with the money of its programme, and a login that sees it."""

from datetime import UTC, date, datetime

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
from canglian.scenario.shopping.commands import OpenBureau
from canglian.scenario.shopping.demo.city import ACTOR, COUNTER, City, Payers

NAME, LOGIN = "区商务局", "visitor"
_CORPORATE = "wallet.ecny_corporate"
_CHARACTERS = "11330106MB0000001"
_TODAY, _SINCE = date(2026, 1, 1), date(2019, 5, 1)
_ASKED = datetime(2026, 1, 5, 2, tzinfo=UTC)
_BUREAU_HAS, _COMPANY_ADDS = 2_000_000, 400_000


async def open_bureau(city: City) -> Payers:
    """Open the bureau with its wallet and its login; the company that pays for the merchants has enough too."""
    page = await wallets.wallets(
        city.services.reader, city.book, WalletFilter(product=_CORPORATE), Order("id", None, 1)
    )
    company = page.items[0].id
    wallet = await _wallet(city, await _registered(city))
    await _exchange(city, "company", company, _COMPANY_ADDS)
    await city.ask("bureau", OpenBureau(name=NAME, wallets=(wallet,), logins=(LOGIN,)))
    return Payers(bureau=wallet, company=company)


async def _registered(city: City) -> str:
    """The bureau as a customer that lacks nothing to have an account."""
    seen = PartyFilter(level=Level.FACE_TO_FACE, kind=PartyKind.PERSON)
    page = await parties.parties(city.services.reader, city.book, seen, Order("id", None, 1))
    head = page.items[0].id
    sealer = Sealer(city.services.keyring, _TODAY, f"{ACTOR}/shopping:bureau")
    code = _CHARACTERS + credit_check(_CHARACTERS)
    command = RegisterParty(
        party_kind=PartyKind.COMPANY,
        name=sealer.name(NAME, PartyKind.COMPANY),
        number=sealer.number(code, PartyKind.COMPANY),
        representative=head,
    )
    bureau: str = (await city.ask("bureau:party", command)).id
    await city.ask("bureau:head", AddBeneficialOwner(company=bureau, owner=head, control=Control.MANAGEMENT))
    paper = AddDocument(
        party=bureau,
        document_kind=DocumentKind.BUSINESS_LICENCE,
        number=sealer.document(code),
        authority="新城县市场监督管理局",
        valid_from=_SINCE,
    )
    document = await city.ask("bureau:document", paper)
    await city.ask("bureau:seen", VerifyFaceToFace(party=bureau, document=document.id, place="新城支行营业厅"))
    check = NoteIntentCheck(
        company=bureau,
        spoke_with=head,
        how=IntentHow.ON_SITE,
        held_at=_ASKED,
        reference="intent-bureau",
        outcome=IntentOutcome.CONFIRMED,
    )
    await city.ask("bureau:intent", check)
    return bureau


async def _wallet(city: City, party: str) -> str:
    """Its e-CNY wallet, with the money of the programme."""
    keyring = city.services.keyring
    row = await city.ask("bureau:number", AllotNumbers())
    number = ACCOUNT_NUMBERS.allotted(keyring, row.prefix, row.first, f"{ACTOR}/shopping:bureau:account")
    opening = OpenDepositAccount(number=number, product="deposit.corporate", channel=COUNTER, party=party)
    account = await city.ask("bureau:account", opening)
    cash = MoveCash(account=account.id, direction=Direction.IN, amount=_BUREAU_HAS)
    await city.ask("bureau:cash", cash)
    allotted = await city.ask("bureau:wallet-number", AllotWalletNumbers())
    number = WALLET_NUMBERS.allotted(keyring, allotted.prefix, allotted.first, f"{ACTOR}/shopping:bureau:wallet")
    asked = OpenWallet(product=_CORPORATE, number=number, channel=COUNTER, party=party, deposit=account.id)
    wallet: str = (await city.ask("bureau:wallet", asked)).id
    await _exchange(city, "bureau", wallet, _BUREAU_HAS)
    return wallet


async def _exchange(city: City, key: str, wallet: str, amount: int) -> None:
    command = ExchangeMoney(wallet=wallet, direction=ExchangeDirection.TO_ECNY, amount=amount, channel=COUNTER)
    await city.ask(f"{key}:exchange", command)
