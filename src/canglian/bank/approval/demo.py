"""What the demo branch leaves to two people: one asks to see personal data in plain, and an approver votes."""

from canglian.bank.approval.commands import SetApprovalPolicy, TierAsked
from canglian.bank.party.commands import UnmaskParty
from canglian.web.principal import Role
from canglian.web.services import Services

POLICY_NAME = "查看个人信息明文须双人"


async def set_policies(services: Services, book: int) -> None:
    """Set them, unless an earlier run has."""
    unmasking = SetApprovalPolicy(
        code="unmasking",
        kind=UnmaskParty.__kind__,
        name=POLICY_NAME,
        tiers=[TierAsked(votes=1, role=Role.APPROVER)],
        expiry_hours=24,
    )
    await services.engine.execute(book, unmasking, actor="system:demo", key="policy:unmasking")
