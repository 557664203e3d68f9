"""Random lives of contracts: at every commit each fen of a contract is where its grants and records say."""

import random
from typing import Any

import pytest

from canglian.bank.purpose.commands import (
    ExpirePurposeContract,
    GrantLine,
    IssuePurposeGrants,
    ResumePurposeContract,
    RevokePurposeGrant,
    SuspendPurposeContract,
    TerminatePurposeContract,
    WindUpPurposeContract,
)
from canglian.bank.purpose.model import PurposeContract, PurposeGrant
from tests.bank.purpose.funds import BAR, GROCERY, Funds
from tests.lives import seeds

STEPS = 150


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5]))
async def test_money_is_conserved_at_every_commit(branch: Funds, seed: int) -> None:
    chance = random.Random(seed)
    wallets = [await branch.ecny(2, 20_000, serial=serial) for serial in (1, 2, 3)]
    shop = await branch.shop()
    for template in ("welfare", "payroll", "prepaid"):
        await branch.funded(wallets[0], 5_000, template, days=chance.randint(1, 4))
    everything = sum([await branch.has(wallet) for wallet in wallets]) + 15_000
    applied = 0
    for _ in range(STEPS):
        contract = chance.choice(await branch.rows(PurposeContract))
        grants = await branch.rows(PurposeGrant)
        if chance.random() < 0.02:
            await branch.day(1)
        command = _step(chance, branch, contract, grants, wallets, shop)
        applied += (await branch.ask(command)).error is None
        await branch.require_conserved()
        held = sum([await branch.balance(item.account) for item in (*wallets, *await branch.rows(PurposeContract))])
        assert held + await branch.balance(shop) == everything
    assert applied > STEPS // 5


def _step(chance: random.Random, branch: Funds, contract: Any, grants: list[Any], wallets: list[Any], shop: int) -> Any:
    amount = chance.randint(1, 2_000)
    known = {"contract": contract.id}
    if grants and chance.random() < 0.6:
        grant = chance.choice(grants)
        return chance.choice(
            [
                *[branch.spending(grant, shop, amount, chance.choice((GROCERY, GROCERY, BAR)))] * 6,
                *[branch.returning(grant, shop, amount // 2 + 1)] * 4,
                RevokePurposeGrant(grant=grant.id, reason="测试"),
            ]
        )
    ids = tuple(grant.id for grant in grants if grant.contract == contract.id)
    holder = chance.choice(wallets).id
    return chance.choice(
        [
            *[IssuePurposeGrants(**known, lines=(GrantLine(holder, amount),))] * 6,
            ExpirePurposeContract(**known),
            WindUpPurposeContract(**known, grants=ids[: chance.randint(0, len(ids))]),
            SuspendPurposeContract(**known, reason="测试"),
            ResumePurposeContract(**known, reason="测试"),
            *([TerminatePurposeContract(**known, reason="测试")] if chance.random() < 0.1 else []),
        ]
    )
