"""Purpose-bound money: who funded it, whom it may pay, until when, and where it returns.

Owns the tables purpose_template, purpose_contract, purpose_grant and purpose_movement. Promises: a contract keeps the
version of the template that it was drafted by; its money lies in one account of the ledger, which nothing but this room
moves; at every commit that account's balance is what is not allotted plus what remains of its grants; every movement is
a record that names its transfer.
"""

import canglian.bank.purpose.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.purpose.model import (
    ContractState,
    GrantState,
    MovementKind,
    PurposeContract,
    PurposeGrant,
    PurposeMovement,
    PurposeTemplate,
)
from canglian.bank.purpose.rules import Payee, Rules, spending_order
from canglian.bank.purpose.spending import available, give_back, grants_of, reads, spend

__all__ = [
    "ContractState",
    "GrantState",
    "MovementKind",
    "Payee",
    "PurposeContract",
    "PurposeGrant",
    "PurposeMovement",
    "PurposeTemplate",
    "Rules",
    "available",
    "give_back",
    "grants_of",
    "reads",
    "spend",
    "spending_order",
]
