"""The accounts of the demo branch 新城支行: some 300 under eleven heads of the chart."""

from typing import Any

import msgspec

from canglian.ledger.commands import OpenAccount
from canglian.web.demo_names import COMPANIES, SHOPS, people

PEOPLE = 170
WALLETS = 30
SOLAR_HOUSEHOLDS = 14
SHOP_LOANS = 6
MEAL_PURSES = 10

MEALS = "elderly-meals"
"""The purpose of the meal subsidy: its money pays at the canteen and nowhere else."""


class Branch(msgspec.Struct, frozen=True):
    """The references of all accounts, by what they are for, and the command that opens each."""

    accounts: dict[str, OpenAccount]
    people: list[str]
    wallets: list[str]
    shops: list[str]
    companies: list[str]
    loans: dict[str, str]
    """Loan account by the deposit account that repays it."""
    purses: list[str]


def plan() -> Branch:
    """The whole branch, the same every time."""
    accounts: dict[str, OpenAccount] = {}

    def add(reference: str, head: str, name: str, **more: Any) -> str:
        accounts[reference] = OpenAccount(
            asset=more.pop("asset", "CNY"), head=head, name=name, reference=reference, **more
        )
        return reference

    _own(add)
    names = people(PEOPLE)
    persons = [
        add(f"person-{n:03d}", "2011", name, owner=f"person:{n:03d}", metadata={"class": "1"})
        for n, name in enumerate(names, 1)
    ]
    wallets = [
        add(
            f"wallet-{n:03d}",
            "2011",
            f"{name} 数字钱包",
            owner=f"person:{n:03d}",
            asset="ECNY",
            ceiling=50_000_000,
        )
        for n, name in enumerate(names[:WALLETS], 1)
    ]
    shops = [
        add(f"shop-{n:02d}", "2011", name, owner=f"shop:{n:02d}", metadata={"trade": "retail"})
        for n, name in enumerate(SHOPS, 1)
    ]
    companies = [add(f"company-{n:02d}", "2011", name, owner=f"company:{n:02d}") for n, name in enumerate(COMPANIES, 1)]
    loans = {
        persons[-n]: add(
            f"loan-solar-{n:02d}", "1303", f"户用光伏贷款 {names[-n]}", owner=f"person:{PEOPLE + 1 - n:03d}"
        )
        for n in range(1, SOLAR_HOUSEHOLDS + 1)
    }
    loans |= {
        shops[n]: add(f"loan-shop-{n:02d}", "1303", f"商户经营贷款 {SHOPS[n]}", owner=f"shop:{n + 1:02d}")
        for n in range(SHOP_LOANS)
    }
    purses = [
        add(f"meals-{n:02d}", "2011", f"{names[60 + n]} 长者餐补", owner=f"person:{61 + n:03d}", purpose=MEALS)
        for n in range(MEAL_PURSES)
    ]
    return Branch(accounts, persons, wallets, shops, companies, loans, purses)


def _own(add: Any) -> None:
    """The bank's own accounts."""
    add("cash-vault", "1001", "金库现金")
    for n, place in enumerate(("营业厅", "东门", "汽车站"), 1):
        add(f"cash-atm-{n}", "1001", f"自助柜员机 {place}")
    add("central-bank", "1003", "存放中央银行准备金")
    add("interbank", "1011", "存放同业往来", floor=None)
    add("meals-receivable", "1221", "应收财政长者餐补", purpose=MEALS)
    add("clearing-large", "3001", "大额支付往来", floor=None)
    add("clearing-small", "3001", "小额支付往来", floor=None)
    add("clearing-card", "3001", "银行卡往来", floor=None)
    add("clearing-grid", "3001", "电费结算往来", floor=None)
    add("exchange-cny", "3001", "数字人民币兑换 人民币端", floor=None)
    add("exchange-ecny", "3001", "数字人民币兑换 数字人民币端", floor=None, asset="ECNY")
    add("shop-ecny", "2011", "商户数字钱包归集户", asset="ECNY")
    add("meals-canteen", "2011", "新城长者食堂", owner="canteen:1", purpose=MEALS)
    add("interest-payable", "2231", "应付活期利息")
    add("guarantees", "2241", "押金及预授权待结算")
    add("capital", "4001", "实收资本")
    add("income-interest", "6011", "贷款利息收入")
    add("income-fees", "6021", "结算手续费收入")
    add("expense-interest", "6411", "存款利息支出")
    add("expense-office", "6602", "水电办公费用")
