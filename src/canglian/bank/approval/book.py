"""The ledger's book with an admission check: commands that a policy covers, or that concern what a room above keeps,
are refused when they are submitted directly."""

from typing import Any, ClassVar

import canglian.bank.approval.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.approval.describing import APPROVABLE
from canglian.bank.approval.policies import covering
from canglian.ledger import book as ledger
from canglian.ledger import keeping


class Book(ledger.Book):
    """The book that the engine of an installation decides on. See the module docstring."""

    admission_codes: ClassVar[frozenset[str]] = frozenset({"approval.required", keeping.CODE})

    def admit(self, command: Any, role: str) -> None:
        """Rejects ``account.kept``, and ``approval.required`` for what an enforced policy covers and what is always
        approved."""
        keeping.refuse_kept(self, command)
        described = APPROVABLE.get(command.__kind__)
        if described is None:
            return
        if described.is_always_approved(self, command):
            self.reject("approval.required", kind=described.kind, policy="—")
        policy = covering(self, described, command, role)
        if policy is not None and policy.enforced:
            self.reject("approval.required", kind=described.kind, policy=policy.code, name=policy.name)
