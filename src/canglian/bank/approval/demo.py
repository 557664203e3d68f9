"""What the demo branch leaves to two people: personal data in plain, and reversals at the counter. One asks for it, and
an approver votes."""

from canglian.bank.approval.commands import SetApprovalPolicy, TierAsked
from canglian.bank.party.commands import UnmaskParty
from canglian.ledger.commands import ReverseTransfer
from canglian.web.principal import Role
from canglian.web.services import Services

POLICY_NAME = "查看个人信息明文须双人"
REVERSAL_NAME = "柜面冲正须双人"


async def set_policies(services: Services, book: int) -> None:
    """Set them, unless an earlier run has."""
    approver = [TierAsked(votes=1, role=Role.APPROVER)]
    unmasking = SetApprovalPolicy(
        code="unmasking",
        kind=UnmaskParty.__kind__,
        name=POLICY_NAME,
        tiers=approver,
        expiry_hours=24,
    )
    reversal = SetApprovalPolicy(
        code="reversal",
        kind=ReverseTransfer.__kind__,
        name=REVERSAL_NAME,
        tiers=approver,
        expiry_hours=24,
        roles=[Role.OPERATOR],
    )
    for policy in (unmasking, reversal):
        await services.engine.execute(book, policy, actor="system:demo", key=f"policy:{policy.code}")
