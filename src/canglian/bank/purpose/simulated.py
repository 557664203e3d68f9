"""What a simulation has in the place of the world around contracts: purses, shops, money from nowhere.

None of these commands has a kind: no log of a real book can hold one.
"""

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.party import Level
from canglian.bank.purpose import spending
from canglian.bank.purpose.model import PurposeGrant, PurposeMovement, PurposeTemplate, TemplateKind
from canglian.bank.purpose.rules import Payee, Rules
from canglian.bank.wallet import Wallet, WalletKind, WalletState
from canglian.kernel.command import Command
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer

ASSET = "ECNY"
_HEAD = "2241"


class OpenPurse(Command[Wallet]):
    """A wallet without limits; nobody has it."""

    name: str

    def decide(self, book: Book) -> Wallet:
        identity = book.new_id("wal")
        account = open_in_ledger(book, _HEAD, ASSET, owner=identity, name=self.name)
        return book.add(
            Wallet(
                id=identity,
                ordinal=account.id,
                kind=WalletKind.ECNY,
                tier=None,
                product="simulation",
                party=None,
                mobile_sealed=None,
                mobile_mask=None,
                mobile_index=None,
                parent=None,
                sub_wallets=0,
                merchant=None,
                single_max=None,
                day_max=None,
                deposit=None,
                account=account.id,
                asset=ASSET,
                number_sealed="",
                number_mask="",
                number_index=identity,
                name=self.name,
                within=None,
                level=Level.FACE_TO_FACE,
                state=WalletState.ACTIVE,
                locked_by=None,
                channel="counter",
                opened_on=book.today,
                closed_on=None,
                opened_at=book.now,
                opened_by=book.actor,
                updated_at=book.now,
            )
        )


class OpenAccount(Command[int]):
    """An account in which a shop is owed money."""

    name: str

    def decide(self, book: Book) -> int:
        return open_in_ledger(book, _HEAD, ASSET, name=self.name).id


class GiveMoney(Command[Transfer]):
    """Money from an account without a floor."""

    account: int
    amount: int

    def decide(self, book: Book) -> Transfer:
        source = open_in_ledger(book, _HEAD, ASSET, floor=None, name="simulation")
        return book.transfer(source.id, self.account, self.amount, "simulation.money")


class AddTemplate(Command[PurposeTemplate]):
    """The rules as a template, whose cases are not asked for."""

    rules: Rules

    def decide(self, book: Book) -> PurposeTemplate:
        return book.add(
            PurposeTemplate(
                code="simulation",
                version=1,
                kind=TemplateKind.WELFARE,
                name="simulation",
                rules=self.rules,
                cases=(),
                effective_from=book.today,
                note="",
                created_at=book.now,
                created_by=book.actor,
            )
        )


class PayShop(Command[PurposeMovement]):
    """Pay a shop from a grant, as the room of payments does."""

    grant: str
    account: int
    amount: int
    payee: Payee

    def decide(self, book: Book) -> PurposeMovement:
        return spending.spend(book, book.get(PurposeGrant, self.grant), self.account, self.amount, self.payee)


class ReturnFromShop(Command[PurposeMovement]):
    """Give back what was spent at a shop."""

    grant: str
    account: int
    amount: int
    payee: Payee

    def decide(self, book: Book) -> PurposeMovement:
        return spending.give_back(book, book.get(PurposeGrant, self.grant), self.account, self.amount, self.payee)
