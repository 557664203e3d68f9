"""People with deposit accounts."""

from datetime import date, timedelta
from typing import Any

from canglian.bank.deposit import AccountState, BoundAccount, Counterparty, DepositAccount, Inside, RailOrder, move
from canglian.bank.deposit.commands import (
    AllotNumbers,
    AnswerElements,
    AnswerRailOrder,
    BindAccount,
    ConfirmAmount,
    ConfirmByTransfer,
    OpenDepositAccount,
)
from canglian.bank.deposit.moving import internal_account
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party.commands import (
    CheckLiveness,
    ConfirmCode,
    MatchElements,
    SendCode,
    StartOpening,
    SubmitDocument,
    VerifyFaceToFace,
)
from canglian.bank.party.model import DocumentKind, OpeningState, Party, RemoteOpening
from canglian.bank.party.numbering import Allotted
from canglian.kernel import Command
from canglian.ledger.commands import CloseDay
from canglian.ledger.model import Transfer
from tests.bank.party.people import KEYRING, SEALER, People, identity

DIGEST = "a" * 64
OTHERS_ACCOUNT = "6222020200112233445"


class Pay(Command[Transfer], kind="test.deposit_pay"):
    """A movement that a room above would ask for."""

    payer: str | int
    payee: str | int
    amount: int
    channel: str = "mobile"
    counterparty: Counterparty | None = None
    code: str = "test.pay"

    def decide(self, book: Any) -> Transfer:
        return move(
            book,
            payer=self.payer,
            payee=self.payee,
            amount=self.amount,
            code=self.code,
            channel=self.channel,
            counterparty=self.counterparty,
        )


class FindInside(Command[int], kind="test.deposit_inside"):
    """The number of one of the bank's own accounts."""

    inside: Inside

    def decide(self, book: Any) -> int:
        return internal_account(book, self.inside, "CNY")


class Holders(People):
    """A branch whose people have accounts."""

    async def number(self) -> Allotted:
        row = await self.do(AllotNumbers())
        return ACCOUNT_NUMBERS.allotted(KEYRING, row.prefix, row.first)

    async def seen(self, serial: int = 1, **fields: Any) -> Party:
        """A person who was verified face to face."""
        party = await self.person(serial, **fields)
        document = await self.paper(party, serial)
        return await self.do(VerifyFaceToFace(party=party.id, document=document.id, place="柜台"))

    async def opened_afar(self, serial: int = 1, account: str = OTHERS_ACCOUNT) -> RemoteOpening:
        """A person's completed remote opening."""
        party = await self.person(serial, mobile=f"138001380{serial:02d}")
        opening = (await self.do(StartOpening(party=party.id, channel="mobile"))).id
        await self.do(
            SubmitDocument(
                opening=opening,
                document_kind=DocumentKind.IDENTITY_CARD,
                number=SEALER.document(identity(serial)),
                authority="新城县公安局",
                valid_from=date(2020, 1, 1),
                digest=DIGEST,
            )
        )
        await self.do(CheckLiveness(opening=opening, score_bps=9900, reference="liv-1", digest=DIGEST))
        await self.do(
            MatchElements(opening=opening, elements=5, matched=True, account=SEALER.account(account), reference="el-1")
        )
        await self.do(SendCode(opening=opening, reference="sms-1"))
        done = await self.do(ConfirmCode(opening=opening, matched=True, reference="sms-1"))
        assert done.state is OpeningState.ACTIVE
        return done

    async def counter(self, party: Party, product: str = "deposit.class1", **fields: Any) -> DepositAccount:
        """An account opened at the counter."""
        return await self.do(
            OpenDepositAccount(product=product, number=await self.number(), channel="counter", party=party.id, **fields)
        )

    async def afar(self, opening: RemoteOpening, product: str = "deposit.class2", **fields: Any) -> DepositAccount:
        """An account opened from afar."""
        return await self.do(
            OpenDepositAccount(
                product=product,
                number=await self.number(),
                channel="mobile",
                party=opening.party,
                opening=opening.id,
                **fields,
            )
        )

    async def internal(self) -> DepositAccount:
        return await self.do(
            OpenDepositAccount(product="deposit.internal", number=await self.number(), channel="counter")
        )

    async def inside(self, inside: Inside) -> int:
        return await self.do(FindInside(inside=inside))

    async def fund(self, account: DepositAccount, amount: int) -> None:
        """Cash at the counter."""
        cash = await self.inside(Inside.CASH)
        pay = Pay(payer=cash, payee=account.id, amount=amount, channel="counter", counterparty=Counterparty.CASH)
        await self.do(pay)

    async def fund_own(self, account: DepositAccount, amount: int) -> None:
        """Money of the bank's loan."""
        source = await self.inside(Inside.CASH)
        await self.do(Pay(payer=source, payee=account.id, amount=amount, counterparty=Counterparty.LOAN))

    async def look(self, account: DepositAccount) -> DepositAccount:
        return await self.get(DepositAccount, account.id)

    async def money(self, account: DepositAccount) -> int:
        return await self.balance(account.account)

    async def bound(self, account: DepositAccount, number: str = "6228480400556677889") -> BoundAccount:
        """An account at another bank, bound by elements and a small transfer."""
        asked = await self.do(BindAccount(account=account.id, number=SEALER.account(number), bank="农村信用社"))
        await self.do(AnswerElements(bound_account=asked.id, elements=5, matched=True, reference="el-2"))
        sent = await self.do(ConfirmByTransfer(bound_account=asked.id))
        order: RailOrder = await self.get(RailOrder, sent.order)
        await self.do(AnswerRailOrder(order=order.id, succeeded=True, reference="rail-1"))
        return await self.do(ConfirmAmount(bound_account=asked.id, amount=order.amount))

    async def first_bound(self, account: DepositAccount) -> BoundAccount:
        return (await self.rows(BoundAccount, account=account.id))[0]

    async def day(self, days: int = 1) -> date:
        """Close some days."""
        today = (await self.store.state(1)).today + timedelta(days=days)
        await self.do(CloseDay(next_day=today))
        self.later(days=days)
        return today


__all__ = ["KEYRING", "SEALER", "AccountState", "Holders", "Pay"]
