"""How lists of requests ask for who has submitted them, and for a policy."""

from collections.abc import Sequence

from canglian.bank.approval.model import ApprovalPolicy, Proposal
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import used
from canglian.web.additions import Pick, Picked, pick_code
from canglian.web.services import Services
from canglian.web.system import queries as system

USER = "user:"


async def _policies(reader: Reader, book: int) -> list[str]:
    return await used(reader, book, ApprovalPolicy, "code")


async def _makers(services: Services, book: int) -> list[Picked]:
    """Whoever has submitted something lately; users by their names."""
    makers = await used(services.reader, book, Proposal, "maker")
    return await _named(services, book, makers)


async def _named(services: Services, _book: int, actors: Sequence[str]) -> list[Picked]:
    names = {f"{USER}{user.login}": user.name for user in await system.users(services.reader)}
    return [Picked(actor, names.get(actor, actor), actor if actor in names else "") for actor in actors]


async def _found(services: Services, book: int, text: str) -> list[Picked]:
    typed = text.strip().lower()
    makers = await _makers(services, book)
    return [maker for maker in makers if typed in maker.id.lower() or typed in maker.title.lower()]


PICKS = (
    Pick("maker", "A part of the name or login", _found, _named, offered=_makers),
    pick_code("approval_policy", "A part of the policy's short name", _policies),
)
