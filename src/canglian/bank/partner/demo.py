"""A photovoltaic group whose platform embeds the demo branch, and one that waits for a decision."""

from canglian.bank.partner.commands import AcceptPartner, AddApp, RegisterPartner
from canglian.bank.partner.scopes import Scope
from canglian.web.services import Services

GROUP = RegisterPartner(name="晴川光伏集团", registration="91320500MA1MTE5Q23")
WAITING = RegisterPartner(name="云帆储能平台", registration="91440300MA5FBN3H7K")


async def furnish(services: Services, book: int) -> None:
    """Let the one in with an app, unless an earlier run has; the other waits."""
    engine = services.engine
    group = await engine.execute(book, GROUP, actor="user:operator", key="partner:group")
    await engine.execute(book, AcceptPartner(partner=group.id), actor="user:approver", key="partner:group:accept")
    app = AddApp(partner=group.id, name="屋顶业主服务平台", scopes=[Scope.PRODUCTS_READ], calls_per_day=100_000)
    await engine.execute(book, app, actor="user:admin", key="partner:group:app")
    await engine.execute(book, WAITING, actor="user:operator", key="partner:waiting")
