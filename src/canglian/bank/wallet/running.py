"""The run that brings the interest of e-CNY wallets up to date."""

from typing import Final

from canglian.bank.deposit.interest_runs import InterestRuns
from canglian.bank.wallet.commands import AccrueWalletInterest, FinishWalletInterestDay, SettleWalletInterest

INTEREST: Final = InterestRuns(
    actor="job:wallet-interest",
    prefix="wallet-",
    accrue=AccrueWalletInterest,
    settle=SettleWalletInterest,
    finish=FinishWalletInterestDay,
)
