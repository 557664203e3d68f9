"""What rooms above ask of money for a purpose: how much it may pay to a payee, paying it, and taking it back.

Where several grants of a holder fit, ``grants_of`` has them in the order in which they are spent.
"""

from datetime import UTC, date, datetime, timedelta

from canglian.bank.purpose import rules
from canglian.bank.purpose.model import ContractState, GrantState, MovementKind, PurposeContract, PurposeGrant
from canglian.bank.purpose.model import PurposeMovement as Movement
from canglian.bank.purpose.moving import CODES, ENDED, LIVING, back_to_payer, changed, note, release_of
from canglian.bank.purpose.rules import Payee, Use
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.rules import refuse_stopped_out
from canglian.kernel.command import Read
from canglian.ledger.book import Book

_SHANGHAI = timedelta(hours=8)


def reads(grant: str) -> list[Read]:
    """What paying from a grant reads, as far as its id says."""
    return [(PurposeGrant, grant)]


def use_at(contract: PurposeContract, grant: PurposeGrant, payee: Payee, amount: int, on: date, now: datetime) -> Use:
    """A payment as the rules see it, on a business date and at an instant."""
    local = now.astimezone(UTC) + _SHANGHAI
    return Use(
        payee=payee,
        amount=amount,
        on=on,
        minute=local.hour * 60 + local.minute,
        remaining=grant.free,
        uses=grant.uses,
        signatures=len(contract.released_by),
        valid_from=contract.valid_from,
        valid_until=contract.valid_until,
    )


def most_of(contract: PurposeContract, grant: PurposeGrant, payee: Payee, on: date, now: datetime) -> int:
    """How much a grant may pay to a payee then; nothing where it is refused."""
    if grant.state not in LIVING or contract.state is not ContractState.ACTIVE:
        return 0
    return rules.most(contract.rules, use_at(contract, grant, payee, 1, on, now))


def available(book: Book, grant: PurposeGrant, payee: Payee, amount: int, *, alone: bool = False) -> int:
    """How much of ``amount`` a grant may pay to a payee now, with its bonus; nothing where it is refused.

    ``alone`` is for money that is set aside: a bonus is not. A bonus by itself pays nothing.
    """
    if grant.bonus_of is not None:
        return 0
    most = _most(book, grant, payee)
    if most and grant.bonus is not None and not alone:
        most += _most(book, book.get(PurposeGrant, grant.bonus), payee)
    return min(amount, most)


def _most(book: Book, grant: PurposeGrant, payee: Payee) -> int:
    return most_of(book.get(PurposeContract, grant.contract), grant, payee, book.today, book.now)


def bonus_share(card: PurposeGrant, bonus: PurposeGrant, spent: int) -> int:
    """How much of ``spent``, all that was spent of a card and its bonus together, is the bonus's."""
    return bonus.amount * spent // (card.amount + bonus.amount)


def order_of(contract: PurposeContract, grant: PurposeGrant) -> tuple[int, date, str]:
    """The key by which grants are sorted to be spent: the most restricted first, then what expires earliest."""
    return rules.spending_order(contract.rules, contract.valid_until, grant.id)


def grants_of(book: Book, wallet: str, payee: Payee) -> list[PurposeGrant]:
    """The grants of a wallet that may pay a payee now: the most restricted first, then what expires earliest."""
    fitting = [grant for grant in book.find(PurposeGrant, "holder", wallet) if available(book, grant, payee, 1)]
    return sorted(fitting, key=lambda grant: order_of(book.get(PurposeContract, grant.contract), grant))


def ask(book: Book, grant: PurposeGrant, payee: Payee, amount: int) -> PurposeContract:
    """The contract of a grant that may pay this much to a payee now.

    Rejects ``purpose.*``, ``purpose_grant.ended`` and what the state of its holder's wallet does.
    """
    contract = book.get(PurposeContract, grant.contract)
    if contract.state is ContractState.SUSPENDED:
        book.reject("purpose.suspended")
    if grant.state in (GrantState.EXPIRED, GrantState.REVOKED) or contract.state in ENDED:
        book.reject("purpose_grant.ended", purpose_grant=grant.id)
    refused = rules.refusal(contract.rules, use_at(contract, grant, payee, amount, book.today, book.now))
    if refused is not None:
        book.reject(refused)
    if contract.state is not ContractState.ACTIVE:
        book.reject("purpose_contract.state", purpose_contract=contract.id, state=contract.state.value)
    refuse_stopped_out(book, book.get(Wallet, grant.holder))
    return contract


def spend(
    book: Book, grant: PurposeGrant, account: int, amount: int, payee: Payee, *, reference: str | None = None
) -> Movement:
    """Pay from a grant to the account in which a payee is owed money, which is ordinary money from then on.

    A bonus pays its share of it. Rejects as ``ask`` does, ``purpose_grant.bonus_alone``, and what the ledger does.
    """
    if grant.bonus_of is not None:
        book.reject("purpose_grant.bonus_alone", purpose_grant=grant.id)
    if grant.bonus is None:
        return _spend(book, grant, account, amount, payee, reference)
    bonus = book.get(PurposeGrant, grant.bonus)
    usable = min(amount, _most(book, bonus, payee)) if _most(book, grant, payee) else 0
    of_bonus = bonus_share(grant, bonus, grant.spent + bonus.spent + amount) - bonus.spent
    of_bonus = max(0, min(max(of_bonus, amount - grant.free), usable))
    moved = _spend(book, bonus, account, of_bonus, payee, reference) if of_bonus else None
    if moved is None or amount > of_bonus:
        moved = _spend(book, grant, account, amount - of_bonus, payee, reference)
    return moved


def give_back(
    book: Book, grant: PurposeGrant, account: int, amount: int, payee: Payee, *, reference: str | None = None
) -> Movement:
    """Take back what was spent: into the grant while it lives, into the contract, or to the payer after its end.

    A bonus takes its share. Rejects ``purpose_grant.above_spent`` and what the ledger and the payer's wallet do.
    """
    bonus = None if grant.bonus is None else book.get(PurposeGrant, grant.bonus)
    spent = grant.spent + (0 if bonus is None else bonus.spent)
    if amount > spent:
        asset = book.get(PurposeContract, grant.contract).asset
        book.reject("purpose_grant.above_spent", purpose_grant=grant.id, spent=spent, amount=amount, asset=asset)
    if bonus is None:
        return _give_back(book, grant, account, amount, payee, reference)
    of_bonus = bonus.spent - bonus_share(grant, bonus, spent - amount)
    of_bonus = max(0, min(max(of_bonus, amount - grant.spent), amount, bonus.spent))
    moved = _give_back(book, bonus, account, of_bonus, payee, reference) if of_bonus else None
    if moved is None or amount > of_bonus:
        moved = _give_back(book, grant, account, amount - of_bonus, payee, reference)
    return moved


def _spend(book: Book, grant: PurposeGrant, account: int, amount: int, payee: Payee, reference: str | None) -> Movement:
    contract = ask(book, grant, payee, amount)
    moved = book.transfer(
        contract.account,
        account,
        amount,
        CODES[MovementKind.SPENT],
        reference=reference,
        release=release_of(contract),
    )
    left = grant.remaining - amount
    book.put(
        grant.replace(
            remaining=left,
            spent=grant.spent + amount,
            uses=grant.uses + 1,
            state=GrantState.ACTIVE if left else GrantState.USED,
            updated_at=book.now,
        )
    )
    changed(book, contract, allotted=-amount)
    return note(book, contract, MovementKind.SPENT, moved, grant=grant.id, payee=payee)


def _give_back(
    book: Book, grant: PurposeGrant, account: int, amount: int, payee: Payee, reference: str | None
) -> Movement:
    contract = book.get(PurposeContract, grant.contract)
    given = grant.replace(spent=grant.spent - amount, updated_at=book.now)
    if contract.state in ENDED or book.today > contract.valid_until:
        moved = back_to_payer(book, contract, account, amount, reference)
        book.put(given)
        return note(book, contract, MovementKind.REFUNDED, moved, grant=grant.id, payee=payee)
    moved = book.transfer(
        account,
        contract.account,
        amount,
        CODES[MovementKind.REFUNDED],
        reference=reference,
        release=release_of(contract),
    )
    if grant.state in (*LIVING, GrantState.USED):
        book.put(given.replace(remaining=grant.remaining + amount, state=GrantState.ACTIVE))
        changed(book, contract, allotted=amount)
    else:
        book.put(given)
        changed(book, contract, unallotted=amount)
    return note(book, contract, MovementKind.REFUNDED, moved, grant=grant.id, payee=payee)
