"""Opening accounts, and the numbers that they get."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands.values import Bank, ProductCode
from canglian.bank.deposit.model import (
    AccountFreeze,
    AccountState,
    BindingState,
    BoundAccount,
    Confirmation,
    DepositAccount,
    DepositInterest,
    DepositProduct,
    FreezeCause,
    ProductClass,
)
from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.deposit.rules import COUNTER, months_after, policy_in_force, product_in_force
from canglian.bank.party import Level, OpeningState, Party, PartyKind, RemoteOpening
from canglian.bank.party.commands.openings import OpeningId
from canglian.bank.party.commands.parties import PartyId, refuse_prohibited
from canglian.bank.party.eligibility import may_open
from canglian.bank.party.model import Colour
from canglian.bank.party.numbering import Allotted
from canglian.bank.party.rules import active_party, listed
from canglian.kernel.command import Command
from canglian.kernel.values import Code
from canglian.ledger.book import Book

ALLOT_MAX = 8192


class Row(msgspec.Struct, frozen=True):
    """Places in the row of numbers, both included, and what the numbers begin with."""

    first: int
    last: int
    prefix: str


class AllotNumbers(Command[Row], kind="deposit.allot_numbers"):
    """Hand out places in the row of account numbers. A place that is never used leaves a gap and does no harm."""

    count: Annotated[int, Meta(ge=1, le=ALLOT_MAX)] = 1

    def decide(self, book: Book) -> Row:
        prefix = policy_in_force(book).number_prefix
        first = book.counters.get(_ROW, 0) + 1
        last = first + self.count - 1
        book.counters[_ROW] = last
        return Row(first, last, prefix)


class OpenDepositAccount(Command[DepositAccount], kind="deposit.open_account"):
    """Open an account. At the counter its holder has been verified face to face; from afar by a completed opening.

    The account that an opening was checked against becomes the first bound account. Rejects ``deposit_product.*``,
    ``deposit_account.level_needed``, ``.opening_needed``, ``.holder_in_case``, ``.number_taken``, what parties are
    refused for, and for organisations what ``may_open`` does.
    """

    product: ProductCode
    number: Allotted
    channel: Code
    party: PartyId | None = None
    opening: OpeningId | None = None
    bank: Bank | None = None

    def decide(self, book: Book) -> DepositAccount:
        product = product_in_force(book, self.product)
        if not product.active:
            book.reject("deposit_product.ended", product=product.code)
        self._check_number(book)
        level, opening = Level.NONE, None
        if product.product_class is not ProductClass.INTERNAL:
            party = self._holder(book, product)
            refuse_many(book, party.id, product)
            opening = self._opening(book, product, party)
            level = Level.FACE_TO_FACE if opening is None else Level.REMOTE
        elif self.party is not None or self.opening is not None:
            book.reject("deposit_product.account_kind", product=product.code, party_kind="—")
        account = self._opened(book, product, level)
        if opening is not None:
            _bind(book, account, opening, self.bank)
        return account

    def _check_number(self, book: Book) -> None:
        last = book.counters.get(_ROW, 0)
        if self.number.ordinal > last + 1:
            book.reject("deposit_account.number_not_allotted", ordinal=self.number.ordinal)
        book.counters[_ROW] = max(last, self.number.ordinal)  # a dry run takes the next one, which nobody was given
        if book.find(DepositAccount, "number", self.number.text.index):
            book.reject("deposit_account.number_taken", ordinal=self.number.ordinal)

    def _holder(self, book: Book, product: DepositProduct) -> Party:
        if self.party is None:
            book.reject("deposit_product.account_kind", product=product.code, party_kind="—")
        party = active_party(book, self.party)
        if product.product_class.is_personal is not (party.kind is PartyKind.PERSON):
            book.reject("deposit_product.account_kind", product=product.code, party_kind=party.kind.value)
        if party.kind is PartyKind.PERSON:
            refuse_prohibited(book, party)
        else:
            may_open(book, party.id)
        entry = listed(book, party.proven_number, party.mobile_index)
        if entry is not None and entry.colour is Colour.BLACK:
            book.reject("party.prohibited", party=party.id)
        for other in book.find(DepositAccount, "party", party.id):
            if other.state is not AccountState.CLOSED and in_case(book, other):
                book.reject("deposit_account.holder_in_case", party=party.id, other=other.id)
        return party

    def _opening(self, book: Book, product: DepositProduct, party: Party) -> RemoteOpening | None:
        if self.channel == COUNTER:
            if party.level is not Level.FACE_TO_FACE:
                book.reject(
                    "deposit_account.level_needed",
                    needed=Level.FACE_TO_FACE.value,
                    level=party.level.value,
                    field="party",
                )
            return None
        if not product.remote_opening:
            book.reject("deposit_product.counter_only", product=product.code)
        opening = None if self.opening is None else book.get(RemoteOpening, self.opening)
        fits = opening is not None and opening.party == party.id and opening.state is OpeningState.ACTIVE
        if opening is None or not fits or opening.account_index is None:
            book.reject("deposit_account.opening_needed", party=party.id, field="opening")
        return opening

    def _opened(self, book: Book, product: DepositProduct, level: Level) -> DepositAccount:
        identity = book.new_id("dep")
        text = self.number.text
        inside = product.product_class is ProductClass.INTERNAL
        floor, owner = (None, None) if inside else (0, identity)  # the bank moves its own as it likes
        ledger = open_in_ledger(book, product.head, product.asset, floor=floor, owner=owner, name=text.mask)
        yesterday = book.today.fromordinal(book.today.toordinal() - 1)
        book.add(
            DepositInterest(
                account=ledger.id,
                product=product.code,
                accrued=0,
                remainder=0,
                day_count=product.day_count,
                until=yesterday,
                settled_on=yesterday,
                closed=inside,
                deposit=identity,
            )
        )
        book.emit(
            "deposit_account.opened",
            f"deposit_account:{identity}",
            deposit_account=identity,
            product=product.code,
            party=self.party,
            channel=self.channel,
        )
        return book.add(
            DepositAccount(
                id=identity,
                ordinal=self.number.ordinal,
                product=product.code,
                product_class=product.product_class,
                party=self.party,
                account=ledger.id,
                asset=product.asset,
                number_sealed=text.sealed,
                number_mask=text.mask,
                number_index=text.index,
                level=level,
                state=AccountState.ACTIVE,
                stops_in=False,
                stops_out=False,
                counter_only=False,
                bound_inflow=False,
                channel=self.channel,
                opening=self.opening,
                opened_on=book.today,
                dormant_on=_dormant_on(book, product),
                moved_on=None,
                closed_on=None,
                opened_at=book.now,
                opened_by=book.actor,
                updated_at=book.now,
            )
        )


def refuse_many(book: Book, party: str, product: DepositProduct) -> None:
    """``deposit_product.per_party`` where a holder has as many accounts of a class as there may be."""
    held = [
        account
        for account in book.find(DepositAccount, "party", party)
        if account.product_class is product.product_class and account.state is not AccountState.CLOSED
    ]
    if product.per_party_max is not None and len(held) >= product.per_party_max:
        book.reject(
            "deposit_product.per_party",
            party=party,
            product_class=product.product_class.value,
            held=len(held),
            most=product.per_party_max,
        )


def in_case(book: Book, account: DepositAccount) -> bool:
    """Whether an account stands still because of a case, by itself or with its holder's others."""
    freezes = book.find(AccountFreeze, "account", account.id)
    return any(freeze.cause is FreezeCause.CASE and freeze.lifted_at is None for freeze in freezes)


_ROW = DepositAccount.__table__


def _dormant_on(book: Book, product: DepositProduct) -> date | None:
    return months_after(book.today, product.dormancy_months) if product.dormancy_months else None


def _bind(book: Book, account: DepositAccount, opening: RemoteOpening, bank: str | None) -> None:
    """The account that the opening's elements and code were about is bound without more ado."""
    identity = book.new_id("bnd")
    book.emit(
        "bound_account.activated", f"bound_account:{identity}", bound_account=identity, deposit_account=account.id
    )
    book.add(
        BoundAccount(
            id=identity,
            account=account.id,
            party=opening.party,
            bank=bank or "—",
            number_sealed=opening.account_sealed,
            number_mask=opening.account_mask or "",
            number_index=opening.account_index,
            state=BindingState.ACTIVE,
            elements=5,
            elements_reference=opening.id,
            confirmation=Confirmation.SMS,
            confirmation_reference=opening.id,
            order=None,
            tries=0,
            outcome=None,
            created_at=book.now,
            created_by=book.actor,
            updated_at=book.now,
            expires_at=book.now,
        )
    )
