"""Why something cannot be done to a contract or a grant now, as its page says before anybody tries."""

from canglian.bank.purpose.commands import RevokePurposeGrant
from canglian.bank.purpose.model import ContractState, PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import ENDED, LIVING
from canglian.bank.purpose.rules import ReleaseRule, signatures_needed

_PAID_IN = (ContractState.FUNDED, ContractState.ACTIVE, ContractState.SUSPENDED)


def signing(contract: PurposeContract) -> str | None:
    """A draft is signed."""
    return None if contract.state is ContractState.DRAFT else "The contract is signed already."


def funding(contract: PurposeContract) -> str | None:
    """Money is paid in."""
    if contract.state is ContractState.SIGNED:
        return None
    if contract.state is ContractState.DRAFT:
        return "The contract has to be signed first."
    return "Money was paid in already." if contract.funded else "The contract has ended."


def issuing(contract: PurposeContract) -> str | None:
    """Grants are issued."""
    if contract.state in (ContractState.DRAFT, ContractState.SIGNED):
        return "Money has to be paid in first."
    if contract.state not in (ContractState.FUNDED, ContractState.ACTIVE):
        return "The contract is not active."
    return None if contract.unallotted else "All of the money is allotted."


def waits_for_release(contract: PurposeContract) -> bool:
    """Somebody has to release its money."""
    return contract.rules.release in (ReleaseRule.ON_EVENT, ReleaseRule.BY_SIGNATURES)


def releasing(contract: PurposeContract) -> str | None:
    """The release is signed."""
    if contract.state not in _PAID_IN:
        return "The contract has no money to release."
    if len(contract.released_by) >= signatures_needed(contract.rules):
        return "The money is released already."
    return None


def suspending(contract: PurposeContract) -> str | None:
    """A contract is suspended."""
    return None if contract.state is ContractState.ACTIVE else "The contract is not active."


def is_suspended(contract: PurposeContract) -> bool:
    """It pays nothing for a while."""
    return contract.state is ContractState.SUSPENDED


def is_not_suspended(contract: PurposeContract) -> bool:
    """It may be suspended, now or later."""
    return not is_suspended(contract)


def terminating(contract: PurposeContract) -> str | None:
    """A contract is ended before its time."""
    return "The contract has ended." if contract.state in ENDED else None


def revoking(grant: PurposeGrant) -> str | None:
    """A grant is revoked."""
    return None if grant.state in LIVING else "The grant has ended."


def revoked(grant: PurposeGrant) -> RevokePurposeGrant:
    """What is tried before a grant is revoked."""
    return RevokePurposeGrant(grant=grant.id, reason="—")
