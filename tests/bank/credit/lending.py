"""A branch that lends: a product, people whose applications are signed, their loans and the ledger beside them."""

from datetime import date, timedelta
from typing import Any

import msgspec

from canglian.bank.credit import Facility, Loan, LoanDue, LoanInterest, LoanPlan, LoanProduct, LoanTransaction
from canglian.bank.credit.applications.commands import (
    ApproveApplication,
    AskSigningCode,
    SignApplication,
    SubmitApplication,
)
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication, Trade
from canglian.bank.credit.loans.accounts import Pool
from canglian.bank.credit.loans.commands import BringLoans, DrawLoan, PrepayLoan, RepayLoan
from canglian.bank.credit.loans.interest import interest_of, with_interest
from canglian.bank.credit.loans.risk.classing import is_bad
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.decision.commands import ApproveRules, DraftRules, PromoteRules, TestRules
from canglian.bank.decision.seeds import CODE, small_loan
from canglian.bank.wallet import Wallet
from canglian.ledger.commands import CloseDay
from canglian.ledger.model import Account
from tests.bank.wallet.purses import Purses

INDEX = "0123456789abcdef" * 2
FARM = "loan.farm"
BACK = ("repayment", "prepayment", "recovery", "refund", "conversion", "adjustment")
"""The kinds of transactions by which something came back; an adjustment may be below nothing."""


class Lending(Purses):
    """A branch that lends."""

    async def product(self, **fields: Any) -> LoanProduct:
        return await self.do(self.setting(**fields))

    async def refused_product(self, **fields: Any) -> tuple[str, dict[str, Any]]:
        return await self.refused(self.setting(**fields))

    def setting(self, **fields: Any) -> SetLoanProduct:
        asked: dict[str, Any] = {
            "code": FARM,
            "name": "惠农贷",
            "rate_ppm": 60_000,
            "terms": [3, 6, 12],
            "amount_min": 100_00,
            "amount_max": 300_000_00,
            "note": "首版",
            **fields,
        }
        return SetLoanProduct(**asked)

    async def rules(self) -> None:
        """The demo's rules decide about small loans."""
        await self.do(msgspec.convert(small_loan(), DraftRules))
        await self.do(TestRules(code=CODE, version=1))
        await self.do(ApproveRules(code=CODE, version=1, reason="审议"))
        await self.do(PromoteRules(code=CODE, version=1, reason="上线"))

    def application(self, wallet: Wallet, amount: int = 100_000_00, **fields: Any) -> SubmitApplication:
        asked: dict[str, Any] = {
            "product": FARM,
            "months": 12,
            "purpose": "买化肥和种子",
            "monthly_income": 12_000_00,
            "monthly_debt": 0,
            "trade": Trade.SHOP,
            "channel": "mobile",
            "age": 40,
            **fields,
        }
        return SubmitApplication(party=wallet.party or "", amount=amount, **asked)

    async def second(self, command: Any) -> Any:
        """What somebody else does."""
        return (await self.engine.submit(1, command, actor="user:second")).unwrap()

    async def offered(self, wallet: Wallet, amount: int = 100_000_00, **fields: Any) -> CreditApplication:
        application = await self.do(self.application(wallet, amount, **fields))
        if application.state is ApplicationState.SUBMITTED:
            command = ApproveApplication(application=application.id, limit=amount, reason="情况属实")
            application = await self.second(command)
        return application

    async def signed(self, wallet: Wallet, amount: int = 100_000_00, **fields: Any) -> Facility:
        """Somebody's facility, by an application that was approved and signed."""
        offer = await self.offered(wallet, amount, **fields)
        await self.do(AskSigningCode(application=offer.id, code=INDEX, number=1))
        done = await self.do(SignApplication(application=offer.id, code=INDEX, text_hash=offer.text_hash or ""))
        assert done.signed
        return await self.get(Facility, done.application.facility)

    def drawing(self, facility: Facility, wallet: Wallet, amount: int, months: int = 12, **fields: Any) -> DrawLoan:
        asked: dict[str, Any] = {"product": FARM, "channel": "mobile", "pin": 1, **fields}
        return DrawLoan(facility=facility.id, wallet=wallet.id, amount=amount, months=months, **asked)

    async def drawn(self, wallet: Wallet, amount: int = 100_000_00, months: int = 12, **fields: Any) -> Loan:
        """A loan of somebody who had none."""
        facility = await self.signed(wallet, max(amount, 1_000_00))
        return await self.do(self.drawing(facility, wallet, amount, months, **fields))

    def repaying(self, loan: Loan, wallet: Wallet, amount: int, **fields: Any) -> RepayLoan:
        asked: dict[str, Any] = {"channel": "mobile", "pin": 1, **fields}
        return RepayLoan(loan=loan.id, wallet=wallet.id, amount=amount, **asked)

    def prepaying(self, loan: Loan, wallet: Wallet, amount: int | None, **fields: Any) -> PrepayLoan:
        asked: dict[str, Any] = {"channel": "mobile", "pin": 1, **fields}
        return PrepayLoan(loan=loan.id, wallet=wallet.id, amount=amount, **asked)

    async def reach(self, day: date, *, bring: bool = True) -> None:
        """The business date moves on, and every loan is brought there."""
        self.now += timedelta(days=(day - self.now.date()).days)
        await self.do(CloseDay(next_day=day))
        loans = [loan.id for loan in await self.rows(Loan) if loan.is_living]
        if bring and loans:
            await self.do(BringLoans(loans=loans))

    async def loan(self, loan: Loan) -> Loan:
        return with_interest(await self.get(Loan, loan.id), await self.get(LoanInterest, loan.id))

    async def loans(self, **fields: Any) -> list[Loan]:
        return [await self.loan(loan) for loan in await self.rows(Loan, **fields)]

    async def plan(self, loan: Loan) -> LoanPlan:
        return await self.get(LoanPlan, (loan.id, (await self.loan(loan)).plan))

    async def pool(self, which: Pool, asset: str = "CNY") -> int:
        reference = f"credit.{which.name.lower()}.{asset.lower()}"
        found = [account for account in await self.rows(Account) if account.reference == reference]
        return await self.balance(found[0].id) if found else 0

    async def explain(self) -> None:
        """The ledger has what the loans say, and every fen of each loan has its place."""
        loans = await self.loans()
        for loan in loans:
            product = await self.get(LoanProduct, (loan.product, loan.version))
            interest = await self.get(LoanInterest, loan.id)
            assert interest.replace(until=None) == interest_of(loan, product).replace(until=None)
            assert loan.principal == loan.paid_principal + loan.written_off + loan.outstanding
            assert await self.balance(loan.account) == loan.outstanding
            await self._explain(loan)
        owed = sum(loan.owed_interest for loan in loans if loan.accrual_stopped_on is None)
        assert await self.pool(Pool.INTEREST) == owed
        await self._explain_risk(loans)
        assert await self.pool(Pool.FEES) == sum(loan.fees for loan in loans)
        assert await self.pool(Pool.CLEARING) == 0
        earned = await self.pool(Pool.EARNED) + await self.pool(Pool.PENALTIES)
        assert earned == owed + sum(loan.paid_interest + loan.paid_penalty for loan in loans)
        await self.explain_limits(loans)

    async def explain_limits(self, loans: list[Loan]) -> None:
        """Of each limit is used what loans were drawn from it."""
        for facility in await self.rows(Facility):
            used = {part.product: part.used for part in facility.parts}
            assert facility.used == sum(used.values())
            for part in facility.parts:
                own = [each for each in loans if (each.facility, each.product) == (facility.id, part.product)]
                drawn = sum(each.outstanding + each.written_off for each in own)
                assert part.used == (drawn if part.revolving else sum(each.principal for each in own))

    async def _explain_risk(self, loans: list[Loan]) -> None:
        """What is set aside, lost and off the balance sheet is what the loans say."""
        stopped = sum(loan.owed_interest for loan in loans if loan.accrual_stopped_on is not None)
        assert await self.pool(Pool.MEMO_INTEREST) == stopped + sum(loan.claim_interest for loan in loans)
        claims = sum(loan.claim_principal + loan.claim_fees for loan in loans)
        assert await self.pool(Pool.MEMO_WRITTEN_OFF) == claims
        assert await self.pool(Pool.MEMO_CONTRA) == claims + await self.pool(Pool.MEMO_INTEREST)
        aside = sum(loan.provision for loan in loans)
        assert await self.pool(Pool.ALLOWANCE) == aside
        rows = [row for row in await self.rows(LoanTransaction) if row.kind.value in ("write_off", "recovery")]
        lost = sum((row.principal + row.fees) * (1 if row.kind.value == "write_off" else -1) for row in rows)
        assert await self.pool(Pool.IMPAIRMENT) == aside + lost
        for loan in loans:
            ended = loan.state.value in ("closed", "written_off")
            assert loan.written_off == loan.recovered + loan.claim_principal
            assert not (ended and loan.provision)
            assert loan.accrual_stopped_on is None or ended or is_bad(loan.risk_class)

    async def _explain(self, loan: Loan) -> None:
        figures = {name: getattr(loan, name) for name in loan.__struct_fields__}
        assert not [name for name, value in figures.items() if isinstance(value, int) and value < 0]
        dues = await self.rows(LoanDue, loan=loan.id)
        if loan.state.value == "written_off":
            assert all(due.unpaid is None for due in dues)
            dues = []
        assert loan.due_principal == sum(due.open_principal for due in dues)
        assert loan.due_interest == sum(due.open_interest for due in dues)
        assert loan.overdue_principal == sum(due.open_principal for due in dues if due.overdue)
        assert loan.overdue_interest == sum(due.open_interest for due in dues if due.overdue)
        assert all((due.unpaid is None) == (due.open_principal + due.open_interest == 0) for due in dues)
        rows = await self.rows(LoanTransaction, loan=loan.id)
        assert len(rows) == loan.transactions
        back = [row for row in rows if row.kind.value in BACK]
        taken = [row for row in rows if row.kind.value == "reversal"]

        def paid(*names: str) -> int:
            return sum(getattr(row, name) for row in back for name in names) - sum(
                getattr(row, name) for row in taken for name in names
            )

        recovered = sum(row.principal for row in rows if row.kind.value == "recovery")
        assert (loan.paid_principal, loan.recovered) == (paid("principal") - recovered, recovered)
        assert loan.paid_interest == paid("interest")
        assert loan.paid_penalty == paid("penalty", "compounded")
        assert loan.paid_fees == paid("fees")
        if loan.is_living:
            plan = await self.plan(loan)
            left = [row for row in plan.rows if loan.number and row.number >= loan.number]
            assert sum(row.principal for row in left) == loan.outstanding - loan.due_principal


__all__ = ["FARM", "INDEX", "Lending"]
