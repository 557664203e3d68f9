"""People of a real installation, and their phones."""

import re
from datetime import date
from typing import Any

import httpx
import msgspec

from canglian.app.opening import Opened
from canglian.bank.deposit import BindingState, BoundAccount, DepositAccount
from canglian.bank.deposit.commands import (
    AllotNumbers,
    AnswerElements,
    BindAccount,
    ConfirmByCode,
    OpenDepositAccount,
    SendBindingCode,
)
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party import Party
from canglian.bank.party.auth import message
from canglian.bank.party.commands import AddDocument, RegisterParty, VerifyFaceToFace
from canglian.bank.party.model import DocumentKind, PartyKind
from canglian.bank.party.sealing import Sealer
from canglian.bank.wallet import Wallet, pins
from canglian.bank.wallet.commands import AllotWalletNumbers, OpenWallet, SetPin
from canglian.bank.wallet.model.wallets import NUMBER
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel import Command
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import OpenAccount, PostTransfer
from tests.bank.party.people import identity

PIN = "482615"
BANK = "农村信用社"


class Resident(msgspec.Struct):
    """Somebody with a mobile; what they have is filled in as it is opened."""

    party: Party
    mobile: str
    number: str


class Town:
    """Makes people and what they have."""

    def __init__(self, installation: Opened) -> None:
        self.services = installation.services
        self._count = 0
        self._vault: dict[str, int] = {}

    async def do(self, command: Command[Any], actor: str = "test") -> Any:
        return await self.services.engine.execute(1, command, actor=actor)

    async def sealer(self) -> Sealer:
        return Sealer(self.services.keyring, (await book_figures(self.services.reader, 1)).today, None)

    async def person(self, name: str = "欧阳晓燕", mobile: str | None = None, *, seen: bool = True) -> Resident:
        """Somebody who is known, and has been seen at the counter with an identity card."""
        self._count += 1
        number, mobile = identity(self._count), mobile or f"1380013{self._count:04d}"
        seal, kind = await self.sealer(), PartyKind.PERSON
        party = await self.do(
            RegisterParty(
                party_kind=kind,
                name=seal.name(name, kind),
                number=seal.number(number, kind),
                mobile=seal.mobile(mobile),
            )
        )
        if seen:
            paper = AddDocument(
                party=party.id,
                document_kind=DocumentKind.IDENTITY_CARD,
                number=seal.document(number),
                authority="新城县公安局",
                valid_from=date(2020, 1, 1),
                valid_until=date(2040, 1, 1),
            )
            document = await self.do(paper)
            party = await self.do(VerifyFaceToFace(party=party.id, document=document.id, place="柜台"))
        return Resident(party, mobile, number)

    async def account(self, owner: Resident, product: str = "deposit.class2") -> DepositAccount:
        row = await self.do(AllotNumbers())
        number = ACCOUNT_NUMBERS.allotted(self.services.keyring, row.prefix, row.first)
        return await self.do(
            OpenDepositAccount(product=product, number=number, channel="counter", party=owner.party.id)
        )

    async def wallet(
        self, owner: Resident | None, product: str = "wallet.ewallet", funds: int = 0, *, pin: bool = True, **more: Any
    ) -> Wallet:
        """A wallet with some money in it and a PIN."""
        if owner is not None:
            more = {"party": owner.party.id, **more}
            if "deposit" not in more:
                more["deposit"] = (await self.account(owner)).id
        row = await self.do(AllotWalletNumbers())
        number = WALLET_NUMBERS.allotted(self.services.keyring, row.prefix, row.first)
        opened: Wallet = await self.do(OpenWallet(product=product, number=number, channel="counter", **more))
        if pin:
            digest = await pins.hashed(self.services.keyring, opened.id, PIN)
            await self.do(SetPin(wallet=opened.id, pin_digest=digest))
        if funds:
            await self.give(opened, funds)
        return opened

    async def give(self, wallet: Wallet, amount: int) -> None:
        """Money out of nowhere, of the wallet's asset."""
        if wallet.asset not in self._vault:
            opened = await self.do(OpenAccount(asset=wallet.asset, head="3001", floor=None))
            self._vault[wallet.asset] = opened.id
        vault = self._vault[wallet.asset]
        await self.do(PostTransfer(debit=vault, credit=wallet.account, amount=amount, code="test.give"))

    async def bound(self, wallet: Wallet, number: str = "6228480400556677889") -> BoundAccount:
        """An account at another bank that is bound to the wallet's deposit account."""
        seal = await self.sealer()
        asked = await self.do(BindAccount(account=wallet.deposit, number=seal.account(number), bank=BANK))
        await self.do(AnswerElements(bound_account=asked.id, elements=5, matched=True, reference="el-1"))
        await self.do(SendBindingCode(bound_account=asked.id, reference="sms-1"))
        bound = await self.do(ConfirmByCode(bound_account=asked.id, matched=True, reference="sms-1"))
        assert bound.state is BindingState.ACTIVE
        return bound

    def number(self, wallet: Wallet) -> str:
        """The whole number of a wallet."""
        return self.services.keyring.open(wallet.number_sealed, NUMBER)

    async def has(self, wallet: Wallet) -> int:
        """What a wallet has."""
        sql = "SELECT credits - debits FROM balance WHERE book = $1 AND account = $2"
        return (await self.services.reader.rows(sql, 1, wallet.account))[0][0]

    async def commands(self) -> int:
        """How many commands the book has had."""
        return (await self.services.store.state(1)).commands


class Phone:
    """A browser without a browser: it keeps cookies and sends the forms that it was shown."""

    def __init__(self, client: httpx.AsyncClient, town: Town) -> None:
        self.client = client
        self.town = town
        self.page: httpx.Response

    async def look(self, path: str) -> httpx.Response:
        self.page = await self.client.get(path)
        return self.page

    def form(self, action: str) -> dict[str, str]:
        """The hidden fields of a form on the page that is shown."""
        found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', self.page.text, re.S)
        assert found, f"no form to {action} on {self.page.url}: {self.page.text[:4000]}"
        hidden = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', found[1])
        return dict(hidden)

    async def send(self, action: str, **values: str) -> httpx.Response:
        """Send a form of the page that is shown, and follow where it leads."""
        self.page = await self.client.post(action, data={**self.form(action), **values})
        for _ in range(3):
            if self.page.status_code != 303:
                break
            self.page = await self.client.get(self.page.headers["location"])
        return self.page

    async def code(self) -> str:
        """The code of the message that was sent last: what whoever has the mobile reads."""
        sql = "SELECT payload FROM event WHERE book = $1 AND kind = 'sign_in.code_asked' ORDER BY number DESC LIMIT 1"
        row = (await self.town.services.reader.rows(sql, 1))[0]
        payload = msgspec.json.decode(row[0]) if isinstance(row[0], str | bytes) else row[0]
        return (await message(self.town.services, 1, payload["challenge"]))[1]

    async def sign_in(self, mobile: str, goal: str = "/m") -> httpx.Response:
        await self.look(f"/m/sign-in?next={goal}")
        await self.send("/m/sign-in", mobile=mobile)
        return await self.send("/m/sign-in/code", code=await self.code())
