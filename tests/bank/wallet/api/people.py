"""Wallets over HTTP: an installation with people who have them."""

from typing import Any

from canglian.app.opening import Opened
from canglian.bank.deposit.commands import AllotNumbers, OpenDepositAccount
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party.commands import AddDocument, RegisterParty, VerifyFaceToFace
from canglian.bank.party.model import PartyKind
from canglian.bank.party.sealing import Sealer
from canglian.ledger.commands import PostTransfer
from tests.bank.party.people import identity, paper
from tests.bank.wallet.purses import FindClearing
from tests.conftest import Caller
from tests.ledger.branch import TODAY

PIN = "719064"


class Holder:
    """A person who was seen at the counter, with a Class II account."""

    def __init__(self, party: str, document: str, deposit: str) -> None:
        self.party = party
        self.document = document
        self.deposit = deposit


async def holder(installation: Opened, serial: int = 1, *, seen: bool = True) -> Holder:
    """Somebody made known by commands, sealed under the installation's keys."""
    engine, keyring = installation.services.engine, installation.services.keyring
    sealer = Sealer(keyring, TODAY, None)
    kind = PartyKind.PERSON
    registering = RegisterParty(
        party_kind=kind,
        name=sealer.name("欧阳晓燕", kind),
        number=sealer.number(identity(serial), kind),
        mobile=sealer.mobile(f"138001380{serial:02d}"),
    )
    party = await engine.execute(1, registering, actor="test")
    number = sealer.document(identity(serial))
    adding: AddDocument = paper(party, serial, number=number)
    document = await engine.execute(1, adding, actor="test")
    verifying = VerifyFaceToFace(party=party.id, document=document.id, place="柜台")
    deposit = ""
    if seen:
        await engine.execute(1, verifying, actor="test")
        row = await engine.execute(1, AllotNumbers(), actor="test")
        opening = OpenDepositAccount(
            product="deposit.class2",
            number=ACCOUNT_NUMBERS.allotted(keyring, row.prefix, row.first),
            channel="counter",
            party=party.id,
        )
        deposit = (await engine.execute(1, opening, actor="test")).id
    return Holder(party.id, document.id, deposit)


async def give(installation: Opened, account: int, amount: int) -> None:
    """E-CNY out of nowhere."""
    engine = installation.services.engine
    clearing = await engine.execute(1, FindClearing(asset="ECNY"), actor="test")
    move = PostTransfer(debit=clearing, credit=account, amount=amount, code="test.give")
    await engine.execute(1, move, actor="test")


async def opened(call: Caller, serial: int = 1, *, pin: str | None = PIN, **body: Any) -> dict[str, Any]:
    """An anonymous wallet, or another one, with a PIN."""
    asked = body or {"product": "wallet.ecny4", "mobile": f"1390013{serial:04d}"}
    answer = await call("POST", "/v1/wallets", asked)
    assert answer.status_code == 201, answer.text
    wallet: dict[str, Any] = answer.json()
    if pin is not None:
        done = await call("POST", f"/v1/wallets/{wallet['id']}/pin", {"pin": pin})
        assert done.status_code == 200, done.text
    return wallet
