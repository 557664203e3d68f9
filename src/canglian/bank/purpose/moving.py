"""The one way in which money of a contract moves: a transfer of the ledger, and the record that names it."""

from canglian.bank.deposit.moving import Counterparty, move, open_in_ledger
from canglian.bank.purpose.model import ContractState, GrantState, MovementKind, PurposeContract, PurposeGrant
from canglian.bank.purpose.model import PurposeMovement as Movement
from canglian.bank.purpose.rules import Payee
from canglian.bank.wallet import Wallet, WalletKind, spending
from canglian.bank.wallet.rules import refuse_stopped_in
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book, Release
from canglian.ledger.keeping import keep
from canglian.ledger.model import Transfer

keep("pur_")

HEAD = "2241"
"""What is owed for a purpose (其他应付款)."""

CODES = {kind: f"purpose.{kind.value}" for kind in MovementKind}
"""What transfers of this room are for."""

COUNTER = "counter"
ENDED = (ContractState.EXPIRED, ContractState.TERMINATED)
LIVING = (GrantState.ISSUED, GrantState.ACTIVE)


def open_account(book: Book, contract: str, name: str, asset: str) -> int:
    """Open the account of a contract. Its purpose in the ledger is the contract: no other room moves money there."""
    return open_in_ledger(book, HEAD, asset, owner=contract, name=name, purpose=contract).id


def release_of(contract: PurposeContract) -> Release:
    """The leave to move money into a contract's account, and out of it."""
    return Release(contract.id)


def note(
    book: Book,
    contract: PurposeContract,
    kind: MovementKind,
    moved: Transfer,
    *,
    grant: str | None = None,
    payee: Payee | None = None,
) -> Movement:
    """Put a movement on record."""
    inside = contract.account in (moved.debit, moved.credit)
    to = moved.debit if kind in (MovementKind.FUNDED, MovementKind.REFUNDED) else moved.credit
    identity = book.new_id("pmv")
    book.emit(
        f"purpose.{kind.value}",
        f"purpose_contract:{contract.id}",
        purpose_contract=contract.id,
        purpose_movement=identity,
        amount=moved.amount,
    )
    return book.add(
        Movement(
            id=identity,
            contract=contract.id,
            grant=grant,
            kind=kind,
            amount=moved.amount,
            other=to,
            payee=None if payee is None else payee.id,
            category=None if payee is None else payee.category,
            region=None if payee is None else payee.region,
            purpose=inside,
            transfer=moved.id,
            reference=moved.reference,
            on=book.today,
            at=book.now,
            by=book.actor,
        )
    )


def back_to_payer(
    book: Book, contract: PurposeContract, account: int, amount: int, reference: str | None = None
) -> Transfer:
    """Move money to the payer, as what was paid in comes back. Rejects what the payer's wallet does."""
    assert contract.funded_on is not None, "money was paid in on a day"
    assert contract.channel is not None, "money was paid in somewhere"
    return spending.give_back(
        book,
        book.get(Wallet, contract.payer),
        account,
        amount,
        code=CODES[MovementKind.RETURNED],
        channel=contract.channel,
        on=contract.funded_on,
        whole=amount == contract.funded,
        reference=reference,
        release=release_of(contract) if account == contract.account else None,
    )


def to_holder(book: Book, contract: PurposeContract, grant: PurposeGrant) -> Transfer:
    """Move what is free of a grant to its holder, as ordinary money. Rejects what the holder's wallet does."""
    wallet = book.get(Wallet, grant.holder)
    refuse_stopped_in(book, wallet)
    code, release = CODES[MovementKind.RELEASED], release_of(contract)
    if wallet.kind is WalletKind.EWALLET and wallet.deposit is not None:
        return move(
            book,
            payer=contract.account,
            payee=wallet.deposit,
            amount=grant.free,
            code=code,
            channel=COUNTER,
            counterparty=Counterparty.BANK,
            reference=grant.id,
            release=release,
        )
    return book.transfer(contract.account, wallet.account, grant.free, code, reference=grant.id, release=release)


def pay_out(book: Book, contract: PurposeContract, grant: PurposeGrant, state: GrantState) -> PurposeContract | None:
    """Move what is free of a grant to its holder, which then is in ``state``; None where the wallet takes nothing."""
    book.savepoint()
    try:
        moved = to_holder(book, contract, grant)
        note(book, contract, MovementKind.RELEASED, moved, grant=grant.id)
        after = grant.state if grant.held else state
        book.put(grant.replace(remaining=grant.held, state=after, updated_at=book.now))
        return changed(book, contract, allotted=-grant.free)
    except Rejection:
        book.rollback()
        return None
    finally:
        book.forget_savepoint()


def changed(
    book: Book, contract: PurposeContract, unallotted: int = 0, allotted: int = 0, held: int = 0
) -> PurposeContract:
    """A contract with other figures. It is exhausted when nothing remains of its grants and nothing is unallotted."""
    unallotted, allotted = contract.unallotted + unallotted, contract.allotted + allotted
    held += contract.held
    assert unallotted >= 0
    assert allotted >= held >= 0
    state = contract.state
    if state is ContractState.ACTIVE and not unallotted + allotted:
        state = ContractState.EXHAUSTED
    elif state is ContractState.EXHAUSTED and unallotted + allotted:
        state = ContractState.ACTIVE
    return book.put(
        contract.replace(state=state, unallotted=unallotted, allotted=allotted, held=held, updated_at=book.now)
    )


def close_grant(book: Book, contract: PurposeContract, grant: PurposeGrant, state: GrantState) -> PurposeContract:
    """End a grant; what remains of it is not allotted any more. What is set aside follows when it is let go."""
    book.put(grant.replace(state=state, remaining=grant.held, updated_at=book.now))
    return changed(book, contract, unallotted=grant.free, allotted=-grant.free)
