"""Charts of a contract's money: where it is now, and how it flowed there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from canglian.bank.purpose.model import PurposeContract
from canglian.bank.purpose.tracing import PurposeTrace, Where
from canglian.web.console import Chart, Pages
from canglian.web.console.charts import FlowChart, FlowLink, FlowNode, Series
from canglian.web.console.formats import money

HOLDERS_MAX = 12
"""With more holders than these the drawing has them as one box; the table tells them apart."""

SHOPS_MAX = 20
"""How many shops a drawing has; the others are one box."""


def money_of(pages: Pages, contract: PurposeContract, found: PurposeTrace, scales: Mapping[str, int]) -> Chart:
    """Where a contract's money is, a bar for each place."""
    sums = Counter[Where]()
    for part in found.parts:
        sums[part.where] += part.amount
    return Chart(
        pages._("Where the money is"),
        [pages._(f"trace.{where.value}") for where in Where],
        [Series(pages._("Amount"), [sums[where] for where in Where])],
        kind="bar",
        lying=True,
        currency="¥",
        scale=scales.get(contract.asset, 2),
        note=pages._("Together they are what was paid in."),
    )


def flow_of(
    pages: Pages,
    contract: PurposeContract,
    found: PurposeTrace,
    rows: Sequence[Mapping[str, Any]],
    scales: Mapping[str, int],
) -> FlowChart:
    """From the contract over its holders and regions to the shops, and back to the payer."""
    holders = {part.holder for part in found.parts if part.holder is not None}
    shops = Counter[str]()
    for row in rows:
        if row["where"] == "trace.shop" and row["payee"]:
            shops[row["payee"]] += row["amount"]
    shown = {name for name, _ in shops.most_common(SHOPS_MAX)}
    links = Counter[tuple[str, str]]()
    root = contract.name
    for part, row in zip(found.parts, rows, strict=True):
        path = [root]
        if part.holder is not None and len(holders) <= HOLDERS_MAX:
            path.append(row["holder"])
        path += _ends(pages, part.where, row, shown)
        for place, (source, target) in enumerate(pairwise(path)):
            links[f"{place}:{source}", f"{place + 1}:{target}"] += part.amount
    return _drawn(pages, contract, links, scales)


def _ends(pages: Pages, where: Where, row: Mapping[str, Any], shown: set[str]) -> list[str]:
    if where is not Where.SHOP:
        return [pages._(f"trace.{where.value}")]
    region = [row["region"]] if row["region"] else []
    if not row["payee"]:
        return region or [pages._("trace.shop")]
    return [*region, row["payee"] if row["payee"] in shown else pages._("Other merchants")]


def _drawn(
    pages: Pages, contract: PurposeContract, links: Counter[tuple[str, str]], scales: Mapping[str, int]
) -> FlowChart:
    def label(node: str) -> str:
        return node.partition(":")[2]

    through = Counter[str]()
    for (source, target), amount in links.items():
        through[target] += amount
        if source.startswith("0:"):
            through[source] += amount
    nodes = [
        FlowNode(node, label(node), f"{label(node)} {money(amount, contract.asset, scales)}", node.startswith("0:"))
        for node, amount in through.items()
    ]
    drawn = [
        FlowLink(source, target, amount, money(amount, contract.asset, scales))
        for (source, target), amount in links.items()
        if amount > 0
    ]
    note = pages._("All of it together is what was paid in: %(amount)s.")
    return FlowChart(
        pages._("Where every fen is"),
        nodes,
        drawn,
        note=note % {"amount": money(contract.funded, contract.asset, scales)},
    )
