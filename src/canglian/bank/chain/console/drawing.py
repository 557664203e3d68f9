"""Who owes whom along a chain, as a drawing: from the core company over its suppliers to the bank."""

from collections.abc import Callable, Mapping, Sequence

from canglian.bank.chain.queries import Debt
from canglian.web.console.charts import FlowChart, FlowLink, FlowNode
from canglian.web.console.formats import money

Translate = Callable[[str], str]
_BANK = "bank"


def debts_chart(debts: Sequence[Debt], names: Mapping[str, str], say: Translate) -> FlowChart:
    """What each core company owes to each holder and to the bank."""
    names = {**names, _BANK: say("The bank")}
    cores = {debt.core for debt in debts}
    owed = dict.fromkeys([debt.core for debt in debts] + [f"to:{debt.holder or _BANK}" for debt in debts], 0)
    for debt in debts:
        owed[debt.core] += debt.amount
        owed[f"to:{debt.holder or _BANK}"] += debt.amount
    nodes = [
        FlowNode(node, name, f"{name} {money(amount)}", node in cores)
        for node, amount in owed.items()
        for name in [names.get(node.removeprefix("to:"), node)]
    ]
    links = [
        FlowLink(debt.core, f"to:{debt.holder or _BANK}", debt.amount, money(debt.amount))
        for debt in debts
        if debt.amount
    ]
    total = money(sum(debt.amount for debt in debts))
    note = say("All vouchers that are accepted and not paid: %(amount)s.") % {"amount": total}
    return FlowChart(say("Who owes whom along the chain"), nodes, links, note=note)
