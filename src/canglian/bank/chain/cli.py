"""``canglian chain-member``, ``voucher`` and ``trade-contract``."""

from typing import Annotated

import msgspec
import typer

from canglian.bank.chain import queries
from canglian.bank.chain.actions import MEMBERS, VOUCHERS
from canglian.bank.chain.trade.actions import CONTRACTS
from canglian.kernel.amounts import major
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts, table


async def quote(
    context: BookContext,
    voucher: Annotated[str, typer.Argument(help="The voucher's id.")],
    amount: Annotated[int | None, typer.Option("--amount", help="A part of the face, in fen.", min=1)] = None,
) -> Answer:
    """Say what financing a voucher comes to today."""
    found = await queries.quoted(context.reader, context.book, voucher, amount)
    rows = [(name, major(getattr(found, name))) for name in ("advance", "discount", "paid_out", "left")]
    return Answer(msgspec.to_builtins(found), facts([*rows, ("days", str(found.days))], voucher))


async def debts(
    context: BookContext,
    chain_member: Annotated[str | None, typer.Argument(help="A core company's member id; left out, all.")] = None,
) -> Answer:
    """Say what core companies owe by their vouchers, and to whom."""
    found = await queries.debts(context.reader, context.book, chain_member)
    rows = [
        (each.core, each.holder or "bank", major(each.amount), major(each.overdue), f"{each.vouchers:,}")
        for each in found
    ]
    return Answer(
        msgspec.to_builtins(found), table(["core company", "owed to", ">amount", ">in default", ">vouchers"], rows)
    )


NOUNS = {
    "chain-member": Noun(resource=MEMBERS, verbs=(debts,)),
    "voucher": Noun(resource=VOUCHERS, verbs=(quote,)),
    "trade-contract": Noun(resource=CONTRACTS),
}
