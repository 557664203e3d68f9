"""The assets and heads that a new book starts with.

The heads and their numbers follow the account list in the application guide of the Chinese Accounting Standards for
Business Enterprises (企业会计准则应用指南), cut to what a branch with deposits, wallets, credit and clearing needs.
"""

from canglian.ledger.model import Asset, Head, HeadClass, Side

ASSETS = (Asset("CNY", "人民币", 2), Asset("ECNY", "数字人民币", 2))

_A, _L, _C = HeadClass.ASSET, HeadClass.LIABILITY, HeadClass.COMMON
_DEBIT, _CREDIT = Side.DEBIT, Side.CREDIT

EDGE = ("1001", "1003", "1011", "3001")
"""The heads of cash, the central bank, other banks and clearing: where money comes into the branch and leaves it."""

HEADS = (
    Head("1001", "库存现金", _A, _DEBIT),
    Head("1003", "存放中央银行款项", _A, _DEBIT),
    Head("1011", "存放同业", _A, _DEBIT),
    Head("1132", "应收利息", _A, _DEBIT),
    Head("1221", "其他应收款", _A, _DEBIT),
    Head("1303", "贷款", _A, _DEBIT),
    Head("1304", "贷款损失准备", _A, _CREDIT),
    Head("2011", "吸收存款", _L, _CREDIT),
    Head("2012", "同业存放", _L, _CREDIT),
    Head("2231", "应付利息", _L, _CREDIT),
    Head("2241", "其他应付款", _L, _CREDIT),
    Head("3001", "清算资金往来", _C, _CREDIT),
    Head("4001", "实收资本", HeadClass.EQUITY, _CREDIT),
    Head("4104", "利润分配", HeadClass.EQUITY, _CREDIT),
    Head("6011", "利息收入", HeadClass.INCOME, _CREDIT),
    Head("6021", "手续费及佣金收入", HeadClass.INCOME, _CREDIT),
    Head("6411", "利息支出", HeadClass.EXPENSE, _DEBIT),
    Head("6421", "手续费及佣金支出", HeadClass.EXPENSE, _DEBIT),
    Head("6602", "业务及管理费", HeadClass.EXPENSE, _DEBIT),
    Head("6701", "资产减值损失", HeadClass.EXPENSE, _DEBIT),
)
