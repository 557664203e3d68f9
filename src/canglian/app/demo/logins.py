"""The logins of the demo: one for each role, all with one password that everybody knows."""

from canglian.kernel.password_hash import hashed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.principal import Role
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.commands import ChangeUser, CreateUser

PASSWORD = "canglian-demo-2026"  # noqa: S105 - printed when the demo starts
_NAMES = {
    Role.ADMIN: "管理员",
    Role.OPERATOR: "柜员小周",
    Role.APPROVER: "主管老陈",
    Role.AUDITOR: "审计小林",
    Role.VIEWER: "访客",
    Role.VISITOR: "区商务局",
}


async def enter_logins(services: Services, book: int) -> None:
    """Let the logins into a further book, each in its own role."""
    for user in await queries.users(services.reader):
        role = next((role for role in _NAMES if role.value == user.login), None)
        if role is not None:
            roles = {of: Role(known) for of, known in user.roles.items()} | {str(book): role}
            await services.engine.submit(SYSTEM_BOOK, ChangeUser(user=user.id, roles=roles), actor="system:demo")


async def make_logins(services: Services, book: int) -> None:
    """Create the logins that are not there yet."""
    there = {user.login for user in await queries.users(services.reader)}
    missing = {role: name for role, name in _NAMES.items() if role.value not in there}
    for role, name in missing.items():
        roles = {str(book): role} | ({str(SYSTEM_BOOK): Role.ADMIN} if role is Role.ADMIN else {})
        command = CreateUser(login=role.value, name=name, password=await hashed(PASSWORD), roles=roles)
        await services.engine.submit(SYSTEM_BOOK, command, actor="system:demo")
