"""Freezing accounts, one reason at a time, and cases (涉案) that reach a holder's other accounts."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands.values import AccountId, FreezeId
from canglian.bank.deposit.model import AccountFreeze, AccountState, DepositAccount, FreezeCause, FreezeKind
from canglian.bank.deposit.moving import mirror_freezes
from canglian.bank.deposit.rules import freezes_in_force, require_active_account, summed_up
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc, impersonal
from canglian.kernel.values import Name
from canglian.ledger.book import Book

CaseReference = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f<>]+\Z",
        min_length=2,
        max_length=80,
        description="The authority's own number of the case.",
    ),
    Field(check=impersonal),
]


class FreezeAccount(Command[AccountFreeze], kind="deposit.freeze_account"):
    """Freeze money in, money out, both, or everything but the counter.

    Rejects ``account_freeze.authority_missing`` for an order without who gave it, ``account_freeze.until_past``,
    ``account_freeze.case_command``.
    """

    account: AccountId
    freeze_kind: Annotated[FreezeKind, doc("`in`, `out`, `whole`, or `counter_only`.")]
    cause: Annotated[FreezeCause, doc("By an `order`, for `risk`, for a `case`, or as the `holder` wishes.")]
    reason: Reason
    authority: Annotated[Name | None, doc("Who ordered it; needed for an order.")] = None
    case_reference: Annotated[CaseReference | None, doc("The authority's own number of the case, or null.")] = None
    until: Annotated[date | None, doc("The last day; left out until it is lifted.")] = None

    def decide(self, book: Book) -> AccountFreeze:
        account = require_active_account(book, self.account)
        if self.cause is FreezeCause.CASE:
            book.reject("account_freeze.case_command", field="cause")
        if self.cause is FreezeCause.ORDER and self.authority is None:
            book.reject("account_freeze.authority_missing", field="authority")
        if self.until is not None and self.until < book.today:
            book.reject(
                "account_freeze.until_past", until=self.until.isoformat(), today=book.today.isoformat(), field="until"
            )
        freeze = AccountFreeze(
            book.new_id("frz"),
            account.id,
            self.freeze_kind,
            self.cause,
            self.authority,
            self.case_reference,
            self.reason,
            self.until,
            book.now,
            book.actor,
            None,
            None,
            None,
        )
        return _impose(book, account, freeze)


class LiftFreeze(Command[AccountFreeze], kind="deposit.lift_freeze"):
    """Lift one freeze; what else freezes the account stays.

    Rejects ``account_freeze.lifted``, ``.case_command``, and ``.not_found`` for a freeze of another ``account``.
    """

    freeze: FreezeId
    reason: Reason
    account: AccountId | None = None

    def decide(self, book: Book) -> AccountFreeze:
        freeze = _standing(book, self.freeze)
        if self.account not in (None, freeze.account):
            book.reject("account_freeze.not_found", account_freeze=self.freeze)
        if freeze.cause is FreezeCause.CASE:
            book.reject("account_freeze.case_command")
        return _lift(book, freeze, self.reason)


class ExpireFreeze(Command[AccountFreeze], kind="deposit.expire_freeze"):
    """Lift a freeze whose last day is over. Rejects ``account_freeze.not_due`` before that."""

    freeze: FreezeId

    def decide(self, book: Book) -> AccountFreeze:
        freeze = _standing(book, self.freeze)
        if freeze.until is None or freeze.until >= book.today:
            book.reject("account_freeze.not_due", until="—" if freeze.until is None else freeze.until.isoformat())
        return _lift(book, freeze, "expired")


class CaseFrozen(msgspec.Struct, frozen=True):
    """The account that stands still, and the holder's others that are served at the counter only."""

    account: Annotated[str, doc("The account that stands still.")]
    others: Annotated[list[str], doc("The holder's other accounts, which are for the counter only now.")]


class ReportCase(Command[CaseFrozen], kind="deposit.report_case"):
    """An account is involved in a case: stop it, and serve its holder's other accounts at the counter only.

    Rejects ``deposit_account.in_case`` where this case holds it already.
    """

    account: AccountId
    case_reference: CaseReference
    authority: Annotated[Name, doc("Who reported the case.")]
    reason: Reason

    def decide(self, book: Book) -> CaseFrozen:
        account = require_active_account(book, self.account)
        for freeze in freezes_in_force(book, account.id):
            involved = freeze.cause is FreezeCause.CASE and freeze.kind is FreezeKind.WHOLE
            if involved and freeze.case_reference == self.case_reference:
                book.reject("deposit_account.in_case", deposit_account=account.id, case_reference=self.case_reference)
        others = [
            held
            for held in book.find(DepositAccount, "party", account.party)
            if held.id != account.id and held.state is not AccountState.CLOSED
        ]
        self._freeze(book, account, FreezeKind.WHOLE)
        for other in others:
            self._freeze(book, other, FreezeKind.COUNTER_ONLY)
        book.emit(
            "deposit_account.case_reported",
            f"deposit_account:{account.id}",
            deposit_account=account.id,
            others=len(others),
        )
        return CaseFrozen(account.id, [account.id for account in others])

    def _freeze(self, book: Book, account: DepositAccount, kind: FreezeKind) -> None:
        freezes_in_force(book, account.id)
        freeze = AccountFreeze(
            book.new_id("frz"),
            account.id,
            kind,
            FreezeCause.CASE,
            self.authority,
            self.case_reference,
            self.reason,
            None,
            book.now,
            book.actor,
            None,
            None,
            None,
        )
        _impose(book, account, freeze)


class ClearCase(Command[list[str]], kind="deposit.clear_case"):
    """A case is over: lift all that it froze, on every account.

    Rejects ``account_freeze.case_unknown``, also where the case does not hold ``account``.
    """

    case_reference: CaseReference
    reason: Reason
    account: AccountId | None = None

    def decide(self, book: Book) -> list[str]:
        standing = [
            freeze
            for freeze in book.find(AccountFreeze, "case", self.case_reference)
            if freeze.cause is FreezeCause.CASE and freeze.lifted_at is None
        ]
        if not standing or self.account not in (None, *(freeze.account for freeze in standing)):
            book.reject("account_freeze.case_unknown", case_reference=self.case_reference)
        for freeze in standing:
            _lift(book, freeze, self.reason)
        return sorted({freeze.account for freeze in standing})


def _standing(book: Book, identity: str) -> AccountFreeze:
    freeze = book.get(AccountFreeze, identity)
    if freeze.lifted_at is not None:
        book.reject("account_freeze.lifted", lifted_at=freeze.lifted_at.isoformat())
    return freeze


def _impose(book: Book, account: DepositAccount, freeze: AccountFreeze) -> AccountFreeze:
    standing = freezes_in_force(book, account.id)
    book.emit(
        "deposit_account.frozen",
        f"deposit_account:{account.id}",
        deposit_account=account.id,
        freeze=freeze.id,
        freeze_kind=freeze.kind.value,
        cause=freeze.cause.value,
    )
    _sum_up(book, account, [*standing, freeze])
    return book.add(freeze)


def _lift(book: Book, freeze: AccountFreeze, reason: str) -> AccountFreeze:
    account = book.get(DepositAccount, freeze.account)
    standing = [other for other in freezes_in_force(book, account.id) if other.id != freeze.id]
    book.emit("deposit_account.unfrozen", f"deposit_account:{account.id}", deposit_account=account.id, freeze=freeze.id)
    _sum_up(book, account, standing)
    return book.put(freeze.replace(lifted_at=book.now, lifted_by=book.actor, lift_reason=reason))


def _sum_up(book: Book, account: DepositAccount, freezes: list[AccountFreeze]) -> None:
    if account.state is not AccountState.CLOSED:
        changed = summed_up(account, freezes).replace(updated_at=book.now)
        mirror_freezes(book, changed)
        book.put(changed)
