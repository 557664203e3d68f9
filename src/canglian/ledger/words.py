"""The transfer codes and purposes that have words of their own; see ``web.console.plain``.

A code is its sender's own and may be anything. What the demo branch and the rooms above book reads as words.
"""

CODES = (
    "capital.paid_in",
    "cash.deposit",
    "cash.supply",
    "cash.withdrawal",
    "deposit.opening",
    "fee.account",
    "fee.transfer",
    "interbank.placement",
    "interest.accrual",
    "interest.deposit",
    "loan.disbursement",
    "loan.interest",
    "loan.principal",
    "meal.payment",
    "office.utilities",
    "rent",
    "salary",
    "salary.bonus",
    "shop.payment",
    "solar.income",
    "solar.installation",
    "solar.subsidy",
    "stay.deposit",
    "subsidy.meals",
    "supplier.payment",
    "transfer.in",
    "transfer.out",
    "utility.gas",
    "utility.water",
    "wallet.recharge",
)
PURPOSES = ("elderly-meals",)
