"""A core company with a limit, its suppliers, and the ledger beside what their vouchers say."""

from datetime import date
from typing import Any

from canglian.bank.chain import ChainMember, Voucher, VoucherFinancing, VoucherState
from canglian.bank.chain.accounts import Pool
from canglian.bank.chain.commands import (
    AcceptVoucher,
    AccrueDiscounts,
    EnrolCore,
    EnrolSupplier,
    FinanceVoucher,
    IssueVoucher,
    RedeemVouchers,
    SplitVoucher,
    TransferVoucher,
)
from canglian.bank.chain.model import PAYABLE
from canglian.bank.credit import Facility, Loan
from canglian.bank.wallet import Wallet
from canglian.ledger.model import Account
from tests.bank.credit.lending import FARM, Lending

MATURES = date(2026, 4, 5)
DIGEST = "5" * 64


class Chain(Lending):
    """A branch whose core company accepts vouchers; its members are in ``members``, the core company first."""

    members: list[ChainMember]
    wallets: list[Wallet]
    invoices: int

    async def enrol(self) -> None:
        """The core company has a limit of 100,000 at 6 %; 90 % of a face is advanced."""
        await self.product()
        self.wallets = [await self.ewallet(serial) for serial in (1, 2, 3, 4)]
        facility = await self.signed(self.wallets[0])
        core = await self.do(
            EnrolCore(
                party=self.wallets[0].party or "",
                account=self.wallets[0].deposit or "",
                facility=facility.id,
                product=FARM,
            )
        )
        self.members, self.invoices = [core], 0
        for tier, wallet in enumerate(self.wallets[1:], 1):
            supplier = EnrolSupplier(
                core=core.id, party=wallet.party or "", account=wallet.deposit or "", tier=min(tier, 2)
            )
            self.members.append(await self.do(supplier))

    def issuing(self, face: int = 10_000_00, **fields: Any) -> IssueVoucher:
        self.invoices += 1
        asked: dict[str, Any] = {
            "core": self.members[0].id,
            "supplier": self.members[1].id,
            "face": face,
            "matures_on": MATURES,
            "invoice_number": f"{self.invoices:020d}",
            "invoice_total": face,
            "invoice_dated": date(2026, 1, 4),
            "invoice_digest": DIGEST,
            "channel": "counter",
            **fields,
        }
        return IssueVoucher(**asked)

    async def accepted(self, face: int = 10_000_00, **fields: Any) -> Voucher:
        voucher = await self.do(self.issuing(face, **fields))
        return await self.do(AcceptVoucher(voucher=voucher.id, channel="counter"))

    def splitting(self, voucher: Voucher, *parts: int) -> SplitVoucher:
        return SplitVoucher(voucher=voucher.id, parts=list(parts), channel="counter")

    def transferring(self, voucher: Voucher, to: int, amount: int | None = None) -> TransferVoucher:
        return TransferVoucher(voucher=voucher.id, new_holder=self.members[to].id, amount=amount, channel="counter")

    def financing(self, voucher: Voucher, amount: int | None = None, **fields: Any) -> FinanceVoucher:
        return FinanceVoucher(voucher=voucher.id, amount=amount, channel="counter", **fields)

    async def voucher(self, voucher: Voucher | str) -> Voucher:
        return await self.get(Voucher, voucher if isinstance(voucher, str) else voucher.id)

    async def parts(self, voucher: Voucher) -> list[Voucher]:
        return await self.rows(Voucher, parent=voucher.id)

    async def funds(self, member: int, amount: int) -> None:
        """Money out of nowhere for a member."""
        await self.pay(self.vault, self.wallets[member].account, amount)

    async def mature(self, day: date = MATURES) -> Any:
        """The end of a day: discounts are earned, what is due is paid."""
        if day > self.store.states[1].today:
            await self.reach(day)
        open_ones = [row.voucher for row in await self.rows(VoucherFinancing) if row.open]
        if open_ones:
            await self.do(AccrueDiscounts(vouchers=open_ones))
        due = [row.id for row in await self.rows(Voucher) if row.state in PAYABLE and row.matures_on <= day]
        return await self.do(RedeemVouchers(vouchers=due)) if due else None

    async def chain_pool(self, which: Pool) -> int:
        found = [row for row in await self.rows(Account) if row.reference == f"chain.{which.name.lower()}"]
        return await self.balance(found[0].id) if found else 0

    async def explain_limits(self, loans: list[Loan]) -> None:
        """A limit is used by vouchers, too: ``explain_chain`` looks at both."""

    async def explain_chain(self) -> None:
        """The ledger has what the vouchers say, and every voucher its face."""
        vouchers = await self.rows(Voucher)
        for voucher in vouchers:
            parts = await self.parts(voucher)
            assert (voucher.state is VoucherState.SPLIT) == bool(parts)
            assert len(parts) == voucher.parts
            assert not parts or sum(part.face for part in parts) == voucher.face
            assert voucher.paid == (voucher.face if voucher.state is VoucherState.REDEEMED else 0)
        living = [row for row in vouchers if row.state in PAYABLE or row.state is VoucherState.FROZEN]
        late = [row for row in vouchers if row.state is VoucherState.DEFAULTED]
        assert await self.chain_pool(Pool.ACCEPTED) == sum(row.face for row in living)
        assert await self.chain_pool(Pool.DEFAULTED) == sum(row.face for row in late)
        assert await self.chain_pool(Pool.CONTRA) == sum(row.face for row in (*living, *late))
        assert await self.chain_pool(Pool.CLEARING) == 0
        assert await self.chain_pool(Pool.UNCLAIMED) == sum(row.unclaimed for row in vouchers)
        financings = await self.rows(VoucherFinancing)
        for recourse, which in ((True, Pool.FINANCED), (False, Pool.BOUGHT)):
            of_kind = [row for row in financings if row.recourse is recourse]
            assert await self.chain_pool(which) == sum(row.advance - row.repaid for row in of_kind)
        assert await self.chain_pool(Pool.UNEARNED) == sum(row.discount - row.earned for row in financings)
        assert await self.chain_pool(Pool.INCOME) == sum(row.earned for row in financings)
        assert all(row.open == (row.repaid < row.advance) for row in financings)
        financed = {row.voucher for row in financings if row.open}
        owing = (VoucherState.FINANCED, VoucherState.DEFAULTED)
        assert financed == {
            row.id for row in vouchers if row.id in financed and (row.frozen_from or row.state) in owing
        }
        (facility,) = await self.rows(Facility)
        loans = sum(loan.outstanding + loan.written_off for loan in await self.rows(Loan))
        loans -= sum(row.advance for row in financings if row.loan and row.voucher in {each.id for each in late})
        assert facility.used == sum(row.face for row in (*living, *late)) + loans


__all__ = ["DIGEST", "MATURES", "Chain"]
