"""Codes to sign in with: what others ask and type does not keep somebody out of their own device."""

from typing import Any

import pytest

from canglian.bank.party.commands import AskSignInCode, TypeSignInCode
from canglian.bank.party.entrance import SignIn
from tests.bank.party.people import SEALER, People

MOBILE = "13800138000"
RIGHT, WRONG = "c" * 64, "d" * 64


def ask(serial: int, **more: Any) -> AskSignInCode:
    return AskSignInCode(mobile=SEALER.mobile(MOBILE), challenge=f"{serial:064x}", code=RIGHT, **more)


def typed(serial: int, code: str = RIGHT) -> TypeSignInCode:
    session = f"{serial + 10**6:064x}"
    return TypeSignInCode(
        challenge=f"{serial:064x}", code=code, session=session, device="", minutes=60, lock_minutes=15
    )


async def locked(branch: People) -> str:
    await branch.do(ask(1))
    for _ in range(5):
        await branch.do(typed(1, WRONG))
    return "sign_in.locked"


async def spent(branch: People) -> str:
    for serial in range(1, 11):
        await branch.do(ask(serial))
        branch.later(minutes=2)
    return "sign_in.codes_spent"


async def just_sent(branch: People) -> str:
    await branch.do(ask(1))
    return "sign_in.code_soon"


@pytest.mark.parametrize("attack", [locked, spent, just_sent])
async def test_nobody_keeps_the_holder_of_a_mobile_out_of_a_known_device(branch: People, attack: Any) -> None:
    code = await attack(branch)
    assert (await branch.refused(ask(98)))[0] == code
    await branch.do(ask(99, known_device=True))
    assert (await branch.refused(ask(98)))[0] == code, "what is asked on the known device frees nothing for others"
    entered = await branch.do(typed(99))
    assert entered.session is not None
    assert (await branch.refused(ask(97)))[0] == code


async def test_a_known_device_has_as_few_tries_as_any(branch: People) -> None:
    await branch.do(ask(1, known_device=True))
    for left in (4, 3, 2, 1, 0):
        assert (await branch.do(typed(1, WRONG))).left == left
    assert (await branch.refused(typed(1)))[0] == "sign_in.locked"
    assert (await branch.refused(ask(2, known_device=True)))[0] == "sign_in.locked"
    await branch.do(ask(3))
    assert {(found.known_device, found.tries) for found in await branch.rows(SignIn)} == {(True, 5), (False, 0)}
