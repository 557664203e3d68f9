"""The contract of an application, as it is read and signed: a text that is written once, and its hash."""

import hashlib
from datetime import date

from canglian.bank.credit.products.model import (
    AllocationOrder,
    LoanAsset,
    LoanDayCount,
    LoanHolidays,
    LoanMonthEnd,
    LoanProduct,
    LoanRepricing,
    RepaymentMethod,
)
from canglian.kernel.amounts import major

_METHODS = {
    RepaymentMethod.EQUAL_INSTALMENTS: "等额本息，按月偿还",
    RepaymentMethod.EQUAL_PRINCIPAL: "等额本金，按月偿还",
    RepaymentMethod.INTEREST_ONLY: "按月付息，到期一次还本",
    RepaymentMethod.BULLET: "到期一次还本付息",
}
_DAY_COUNTS = {
    LoanDayCount.MONTHLY: "每月按年利率的十二分之一计息，不足一月的按实际天数除以360",
    LoanDayCount.THIRTY_360: "每月按30天、每年按360天计息",
    LoanDayCount.ACTUAL_360: "按实际天数除以360计息",
    LoanDayCount.ACTUAL_365: "按实际天数除以365计息",
    LoanDayCount.ACTUAL_ACTUAL: "按实际天数除以当年天数计息",
}
_MONTH_ENDS = {
    LoanMonthEnd.CLAMP: "还款日为每月与放款日相同的日期；当月没有该日的，为当月最后一日",
    LoanMonthEnd.ROLL: "还款日为每月与放款日相同的日期；当月没有该日的，为次月第一日",
    LoanMonthEnd.LAST: "还款日为每月与放款日相同的日期；当月没有该日或放款日为月末的，为当月最后一日",
}
_HOLIDAYS = {
    LoanHolidays.NONE: "",
    LoanHolidays.FOLLOWING: "；还款日为非营业日的，顺延至其后第一个营业日",
    LoanHolidays.PRECEDING: "；还款日为非营业日的，提前至其前最近一个营业日",
    LoanHolidays.MODIFIED_FOLLOWING: "；还款日为非营业日的，顺延至其后第一个营业日，跨月的提前至其前最近一个营业日",
}
_REPRICINGS = {
    LoanRepricing.NEW_YEAR: "每年1月1日",
    LoanRepricing.ANNIVERSARY: "每年与放款日对应之日",
    LoanRepricing.QUARTER: "每季度首日",
    LoanRepricing.MONTH: "每月与放款日对应之日",
}
_ORDERS = {
    AllocationOrder.INTEREST_FIRST: "费用、罚息与复利、逾期利息、逾期本金、当期利息、当期本金",
    AllocationOrder.PRINCIPAL_FIRST: "费用、逾期本金、罚息与复利、逾期利息、当期利息、当期本金",
    AllocationOrder.PRINCIPAL_AFTER_90: (
        "费用、罚息与复利、逾期利息、逾期本金、当期利息、当期本金；逾期超过90天的，逾期本金先于罚息、复利和利息"
    ),
}


def text_of(product: LoanProduct, limit: int, rate_ppm: int, purpose: str, today: date) -> str:
    """The contract of a limit, a clause a line."""
    money = "数字人民币" if product.asset is LoanAsset.ECNY else "人民币"
    late = _penalty(product, rate_ppm * (10_000 + product.penalty_bps) // 10_000)
    terms = "、".join(map(str, product.terms))
    clauses = [
        f"{product.name}借款合同（第{product.version}版，{today.isoformat()}）",
        f"一、授信额度：{money}{yuan(limit)}元，自签署之日起{product.validity_months}个月内可以用款。"
        + ("归还的本金可以再次使用。" if product.revolving else "归还的本金不能再次使用。"),
        f"二、用途：{purpose}。不得挪作他用。",
        f"三、期限：每笔借款可选{terms}个月。",
        f"四、利率：{_rate(product, rate_ppm)}，{_DAY_COUNTS[product.day_count]}。",
        f"五、还款：{_METHODS[product.method]}。{_options(product)}{_days(product)}。",
        _fee(product),
        f"七、逾期：到期日后宽限{product.grace_days}天。宽限期满仍未归还的，自到期日起按年利率{late}计收罚息"
        + ("，并对逾期利息计收复利。" if product.compound else "。"),
        f"八、还款顺序：{_ORDERS[product.allocation]}。",
        "九、提前还款：可以随时提前归还部分或者全部本金，利息计至还款当日，可选缩短期限或减少每期还款额。",
    ]
    if product.is_pay_later:
        clauses[3:7] = _pay_later(product, rate_ppm, terms)
        clauses[9] = "九、提前还款：账单和分期均可以随时提前归还，利息计至还款当日。"
    return "\n".join(clauses)


def _pay_later(product: LoanProduct, rate_ppm: int, terms: str) -> list[str]:
    """What stands in the contract of a limit that pays bills instead of term, rate, repayment and fee."""
    fee = f"每次分期按分期金额的{major(product.fee_bps, 2)}%收取手续费，与第一次还款一并收取。"
    days = _days(product).replace("放款日", "分期日")
    return [
        f"三、账单：额度按您的授权向收款方付款，每笔付款形成一张账单，自付款之日起{product.due_days}天到期，到期前不计利息。",
        f"四、分期：账单逾期前可以转为{terms}个月分期，{_rate(product, rate_ppm)}，{_DAY_COUNTS[product.day_count]}。",
        f"五、还款：账单到期一次归还，可以提前归还部分或者全部。分期{_METHODS[product.method]}。{_options(product)}{days}。",
        f"六、费用：账单不收取费用。{fee if product.fee_bps else '分期不收取手续费。'}",
    ]


def _rate(product: LoanProduct, rate_ppm: int) -> str:
    """The yearly rate, and how it follows a published one."""
    if product.benchmark is None:
        return f"年利率{percent(rate_ppm)}"
    sign = "加" if product.margin_bps >= 0 else "减"
    return (
        f"浮动利率，按{product.benchmark.upper()}{sign}{abs(product.margin_bps)}个基点，签约时为年利率{percent(rate_ppm)}；"
        f"放款时按当日已公布的利率确定，{_REPRICINGS[product.repricing]}按当日已公布的利率重新确定，"
        f"不低于{percent(product.rate_floor_ppm)}，不高于{percent(product.rate_cap_ppm)}"
    )


def _penalty(product: LoanProduct, penalty_ppm: int) -> str:
    """The yearly rate on what is overdue, which rises and falls with the rate."""
    if product.benchmark is None:
        return percent(penalty_ppm)
    return f"（执行利率加收{major(product.penalty_bps, 2)}%，签约时为{percent(penalty_ppm)}）"


def _days(product: LoanProduct) -> str:
    """On which days instalments are due."""
    moved = _HOLIDAYS[product.holidays]
    by = "，利息计至实际还款日，营业日以放款时已公布的安排为准" if moved else ""
    return f"{_MONTH_ENDS[product.month_end]}{moved}{by}"


def _options(product: LoanProduct) -> str:
    """How principal is paid back otherwise than its method says."""
    grace = f"前{product.grace_instalments}期只还利息，不还本金。" if product.grace_instalments else ""
    if not product.balloon_bps:
        return grace
    return f"{grace}本金的{major(product.balloon_bps, 2)}%与最后一期一并归还。"


def hash_of(text: str) -> str:
    """The SHA-256 of a contract."""
    return hashlib.sha256(text.encode()).hexdigest()


def percent(rate_ppm: int) -> str:
    """A yearly rate as people write it."""
    return f"{major(rate_ppm, 4)}%"


def yuan(fen: int) -> str:
    """An amount in yuan."""
    return major(fen, 2)


def _fee(product: LoanProduct) -> str:
    if not product.fee_bps:
        return "六、费用：不收取手续费。"
    return f"六、费用：每次用款按用款金额的{major(product.fee_bps, 2)}%收取手续费，与第一次还款一并收取。"
