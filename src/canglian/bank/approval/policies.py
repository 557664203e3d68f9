"""Which policy covers a command: by kind, amount and the sender's role, as of the book's business date."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from canglian.bank.approval.describing import Approvable, Demand
from canglian.bank.approval.model import ApprovalPolicy, Tier
from canglian.kernel.book import Book
from canglian.kernel.versions import in_force

SYSTEM = "system:approval"


def active_on(versions: Iterable[ApprovalPolicy], today: date) -> list[ApprovalPolicy]:
    """Of each policy the version with the latest effective date that has come, without policies that have ended."""
    by_code: defaultdict[str, list[ApprovalPolicy]] = defaultdict(list)
    for version in versions:
        by_code[version.code].append(version)
    newest = [in_force(by_code[code], today) for code in sorted(by_code)]
    return [policy for policy in newest if policy is not None and policy.active]


def covers(policy: ApprovalPolicy, demand: Demand, role: str) -> bool:
    """Whether a policy is about this. An amount that is not known is covered: better one approval too many."""
    if policy.kind != demand.kind or (policy.roles and role not in policy.roles):
        return False
    if policy.asset is None:
        return True
    if demand.asset != policy.asset:
        return demand.amount is None
    if demand.amount is None:
        return True
    least, most = policy.amount_from, policy.amount_to
    return (least is None or demand.amount >= least) and (most is None or demand.amount <= most)


def covering(book: Book, described: Approvable, command: Any, role: str) -> ApprovalPolicy | None:
    """The strictest policy that covers a command: the one with most votes, then most steps, then by its code."""
    candidates: list[ApprovalPolicy] = []
    for kind in described.kinds:
        candidates += active_on(book.find(ApprovalPolicy, "kind", kind), book.today)
    if not candidates:
        return None
    demands = described.demanded(book, command)
    fitting = [policy for policy in candidates if any(covers(policy, demand, role) for demand in demands)]
    return min(fitting, key=_strictness, default=None)


def beginning(book: Book, described: Approvable) -> ApprovalPolicy | None:
    """The policy that a book begins with for what is always approved: one vote of an approver who did not make it.

    It is written into the book so that it can be seen and replaced. What is approved only in some cases is not refused
    by it in the others. None where the bank has had a policy of its own in its place, and ended it.
    """
    code = described.kind.replace(".", "-").replace("_", "-")
    if not described.always or book.find(ApprovalPolicy, "code", code):
        return None
    return book.add(
        ApprovalPolicy(
            code=code,
            version=1,
            kind=described.kind,
            name=described.title,
            asset=None,
            amount_from=None,
            amount_to=None,
            roles=[],
            tiers=[Tier(1, role="approver")],
            expiry_hours=72,
            keys_vote=False,
            enforced=described.always is True,
            active=True,
            effective_from=book.today,
            created_at=book.now,
            created_by=SYSTEM,
        )
    )


def _strictness(policy: ApprovalPolicy) -> tuple[bool, int, int, str]:
    votes = sum(tier.votes for tier in policy.tiers)
    return not policy.enforced, -votes, -len(policy.tiers), policy.code
