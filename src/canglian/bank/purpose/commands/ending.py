"""How contracts end: by their last day or by somebody's decision; then what is left goes where the rules say.

An end takes effect at once: nothing is spent after it. Winding up follows in steps of some grants each, for a contract
may have hundreds of thousands; whatever stops it, it goes on there.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.purpose.commands.values import ContractId, GrantId, require
from canglian.bank.purpose.foreseeing import require_endings
from canglian.bank.purpose.model import ContractState, GrantState, MovementKind, PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import ENDED, LIVING, back_to_payer, changed, close_grant, note, pay_out
from canglian.bank.purpose.rules import OnExpiry
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason
from canglian.kernel.foreseeing import foreseeing
from canglian.ledger.book import Book

STEP = 200
"""How many grants one step closes at most."""

_STATE = ContractState
_BEFORE = (_STATE.DRAFT, _STATE.SIGNED, _STATE.FUNDED, _STATE.ACTIVE, _STATE.SUSPENDED, _STATE.EXHAUSTED)


class ExpirePurposeContract(Command[PurposeContract], kind="purpose.expire"):
    """End a contract whose last day is over. Rejects ``purpose_contract.state`` and ``.not_over``."""

    contract: ContractId

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, *_BEFORE)
        if book.today <= contract.valid_until:
            until = contract.valid_until.isoformat()
            book.reject("purpose_contract.not_over", purpose_contract=contract.id, valid_until=until)
        return ended(book, contract, _STATE.EXPIRED, None)


class TerminatePurposeContract(Command[PurposeContract], kind="purpose.terminate"):
    """End a contract before its time; what is left goes back to its payer. Rejects ``purpose_contract.state``."""

    contract: ContractId
    reason: Reason

    def decide(self, book: Book) -> PurposeContract:
        return ended(book, require(book, self.contract, *_BEFORE), _STATE.TERMINATED, self.reason)


class WindUpPurposeContract(Command[PurposeContract], kind="purpose.wind_up"):
    """Close some grants of a contract that has ended; with the last of them what is left goes back to its payer.

    Where the rules release it on expiry, a holder gets what remains of a grant; one whose wallet takes nothing waits.
    What is set aside for payments waits until it is let go. Rejects ``purpose_contract.state``,
    ``purpose_grant.other_contract`` and what the payer's wallet rejects.
    """

    contract: ContractId
    grants: Annotated[tuple[GrantId, ...], Meta(max_length=STEP, description="Grants that are to be closed.")] = ()

    def reads(self) -> Iterable[Read]:
        return [(PurposeContract, self.contract), *((PurposeGrant, grant) for grant in self.grants)]

    def weight(self) -> int:
        return len(self.grants) + 1

    def decide(self, book: Book) -> PurposeContract:
        with foreseeing(book, lambda: require_endings(book, [self.contract], self.grants)):
            return self._decide(book)

    def _decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, *ENDED)
        return wind_up(book, contract, [book.get(PurposeGrant, identity) for identity in self.grants])


def wind_up(book: Book, contract: PurposeContract, grants: Iterable[PurposeGrant]) -> PurposeContract:
    """Close grants of a contract that has ended; give what no grant has back to its payer once they all are closed."""
    for grant in grants:
        if grant.contract != contract.id:
            book.reject("purpose_grant.other_contract", purpose_grant=grant.id)
        if grant.state in LIVING and grant.free:
            contract = _close(book, contract, grant)
    if contract.allotted == contract.held and contract.unallotted:
        moved = back_to_payer(book, contract, contract.account, contract.unallotted, contract.id)
        note(book, contract, MovementKind.RETURNED, moved)
        contract = changed(book, contract, unallotted=-contract.unallotted)
    return contract


def ended(book: Book, contract: PurposeContract, state: ContractState, reason: str | None) -> PurposeContract:
    """A contract that ends now; the bonus of a prepaid card is its pool's again."""
    card = None if contract.card is None else book.get(PurposeGrant, contract.card)
    bonus = None if card is None or card.bonus is None else book.get(PurposeGrant, card.bonus)
    if bonus is not None and bonus.state in LIVING:
        close_grant(book, book.get(PurposeContract, bonus.contract), bonus, GrantState.REVOKED)
    book.emit(f"purpose_contract.{state.value}", f"purpose_contract:{contract.id}", purpose_contract=contract.id)
    return book.put(contract.replace(state=state, reason=reason, updated_at=book.now))


def _close(book: Book, contract: PurposeContract, grant: PurposeGrant) -> PurposeContract:
    if contract.state is _STATE.TERMINATED:
        return close_grant(book, contract, grant, GrantState.REVOKED)
    if contract.rules.on_expiry is not OnExpiry.RELEASE:
        return close_grant(book, contract, grant, GrantState.EXPIRED)
    return pay_out(book, contract, grant, GrantState.EXPIRED) or contract
