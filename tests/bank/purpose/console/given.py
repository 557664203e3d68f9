"""What the pages of purpose money are tried with: wallets, a contract with grants, and shops that are paid."""

from typing import Any

import httpx

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import RegisterMerchant
from canglian.bank.purpose import Payee
from tests.bank.purpose.funds import OpenShop, Return, Spend
from tests.bank.wallet.api.people import give, opened
from tests.conftest import Caller
from tests.web.entering import send

CONTRACTS = "/console/purpose-contracts"
UNTIL = "2099-12-31"


async def rich(installation: Opened, call: Caller, serial: int, amount: int = 100_000) -> dict[str, Any]:
    """A wallet with money."""
    wallet = await opened(call, serial)
    await give(installation, wallet["account"], amount)
    return wallet


async def merchant(installation: Opened, name: str, category: str = "5411", region: str = "330106") -> Merchant:
    """A merchant that takes payments."""
    command = RegisterMerchant(name=name, category=category, region=region)
    return await installation.services.engine.execute(1, command, actor="test")


async def drafted(client: httpx.AsyncClient, payer: str, template: str = "welfare", **fields: str) -> str:
    """The page of a contract that was just drafted by the form."""
    form = {"template": template, "name": "工会福利", "payer": payer, "valid_from": "", "valid_until": UNTIL, **fields}
    answer = await send(client, f"{CONTRACTS}/new", **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def funded(client: httpx.AsyncClient, payer: str, amount: str = "300.00", **fields: str) -> str:
    """The page of a contract that was signed and paid in."""
    at = await drafted(client, payer, **fields)
    assert (await send(client, at, action="sign")).status_code == 303
    answer = await send(client, at, action="fund", amount=amount)
    assert answer.status_code == 303, answer.text
    return at


async def granted(client: httpx.AsyncClient, at: str, lines: str) -> None:
    """Issue the grants of a list."""
    answer = await send(client, f"{at}/grants", amount="", lines=lines)
    assert answer.status_code == 303, answer.text


async def shop(installation: Opened) -> int:
    """An account in which shops are owed money."""
    return await installation.services.engine.execute(1, OpenShop(), actor="test")


async def spend(installation: Opened, grant: str, account: int, amount: int, payee: Payee) -> None:
    """Pay from a grant, as a room above does."""
    command = Spend(grant=grant, account=account, amount=amount, payee=payee)
    await installation.services.engine.execute(1, command, actor="test")


async def give_back(installation: Opened, grant: str, account: int, amount: int, payee: Payee) -> None:
    """Give back what was spent."""
    command = Return(grant=grant, account=account, amount=amount, payee=payee)
    await installation.services.engine.execute(1, command, actor="test")
