"""A branch with pay-later: patients with a limit, holds, bills, and the payees that give money back."""

from typing import Any

from canglian.bank.credit import Bill, BillState, Facility, LimitHold, Loan
from canglian.bank.credit.facilities.commands import HoldLimit
from canglian.bank.credit.loans.commands import WriteOffLoan
from canglian.bank.credit.pay_later.commands import CaptureBill, RefundBill, RepayBill
from canglian.bank.deposit import DepositAccount
from canglian.bank.wallet import Wallet
from tests.bank.credit.lending import Lending

CLINIC = "loan.clinic"


class Billing(Lending):
    """A branch with pay-later."""

    async def pay_later(self, **fields: Any) -> None:
        await self.product(
            **{
                "code": CLINIC,
                "name": "安心付",
                "terms": [3, 6],
                "due_days": 10,
                "grace_days": 3,
                "fee_bps": 50,
                **fields,
            }
        )

    async def patient(self, serial: int, limit: int = 5_000_00, funds: int = 0) -> tuple[Facility, Wallet]:
        """Somebody with a limit that pays bills, and their wallet."""
        wallet = await self.ewallet(serial, funds)
        return await self.signed(wallet, limit, product=CLINIC, months=3), wallet

    def holding(self, facility: Facility, amount: int) -> HoldLimit:
        return HoldLimit(facility=facility.id, product=CLINIC, amount=amount, note="门诊预估")

    async def estimated(self, facility: Facility, amount: int) -> LimitHold:
        return await self.do(self.holding(facility, amount))

    def capturing(self, hold: LimitHold, amount: int, payee: Wallet, wallet: Wallet) -> CaptureBill:
        return CaptureBill(limit_hold=hold.id, amount=amount, payee=payee.id, wallet=wallet.id, channel="mobile", pin=1)

    async def billed(self, serial: int, amount: int, funds: int = 0) -> tuple[Bill, Wallet, Wallet]:
        """A bill of somebody, their wallet, and that of the payee."""
        facility, wallet = await self.patient(serial, funds=funds)
        payee = await self.ewallet(serial + 20)
        hold = await self.estimated(facility, amount)
        return await self.do(self.capturing(hold, amount, payee, wallet)), wallet, payee

    def repaying_bill(self, bill: Bill, wallet: Wallet, amount: int) -> RepayBill:
        return RepayBill(bill=bill.id, amount=amount, wallet=wallet.id, channel="mobile", pin=1)

    def refunding(self, bill: Bill, amount: int) -> RefundBill:
        return RefundBill(bill=bill.id, amount=amount, channel="mobile", pin=1)

    async def bill(self, bill: Bill) -> BillState:
        return (await self.get(Bill, bill.id)).state

    async def loan_of(self, bill: Bill) -> Loan:
        found = await self.get(Bill, bill.id)
        return await self.loan(await self.get(Loan, found.owed_by))

    async def fund_wallet(self, wallet: Wallet, amount: int) -> None:
        await self.fund(await self.get(DepositAccount, wallet.deposit), amount)

    async def write_off(self, bill: Bill) -> None:
        await self.second(WriteOffLoan(loan=bill.loan, reason="经追索仍无法收回"))


__all__ = ["CLINIC", "Billing"]
