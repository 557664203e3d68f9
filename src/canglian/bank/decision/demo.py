"""The demo's rule set for small loans: its first version was approved by a second person and decides."""

import msgspec

from canglian.bank.approval.commands import Approve
from canglian.bank.approval.service import filing_of
from canglian.bank.decision.commands import ApproveRules, DraftRules, PromoteRules, TestRules
from canglian.bank.decision.seeds import CODE, small_loan
from canglian.kernel.known import checked_key
from canglian.web.principal import Role
from canglian.web.services import Services

ACTOR = "system:demo"
SECOND = "system:demo-approver"
_LAST = "decision:done"
_REASON = "行务会审议通过"


async def fill(services: Services, book: int) -> None:
    """Draft, test, approve and promote it, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    ask = services.engine.execute
    await ask(book, msgspec.convert(small_loan(), DraftRules), actor=ACTOR, key="decision:draft")
    await ask(book, TestRules(code=CODE, version=1), actor=ACTOR, key="decision:test")
    filing = filing_of(ApproveRules(code=CODE, version=1, reason=_REASON), _REASON, Role.ADMIN)
    filed = await ask(book, filing, actor=ACTOR, key="decision:file")
    await ask(book, Approve(proposal=filed.id, role=Role.APPROVER), actor=SECOND, key="decision:approve")
    await ask(book, PromoteRules(code=CODE, version=1, reason="上线"), actor=ACTOR, key=_LAST)
