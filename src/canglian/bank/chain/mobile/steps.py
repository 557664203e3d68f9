"""What every step is that somebody signs on their phone for a member of a chain: the form, what happens, the PIN."""

from abc import abstractmethod
from typing import Any, ClassVar

from litestar import Response

from canglian.bank.chain.model import ChainMember
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet
from canglian.bank.wallet.mobile.pin_pages import Payment, pin_page
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, Rejection
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services

AT = "/m/chain"


class Step(Payment):
    """A step that somebody is about to sign, with what they typed.

    ``page`` is that of the thing it is about, ``number`` what people call it.
    """

    verb: ClassVar[str]
    title: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ("wallet",)

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        member: ChainMember,
        page: str,
        number: str = "",
    ) -> None:
        super().__init__(pages, services, person, form)
        self._member = member
        self._page = page
        self._number = number

    @abstractmethod
    def _command(self, pin: int) -> Command[Any]:
        """What is asked for, as if the PIN had been typed."""

    @abstractmethod
    async def _rows(self) -> list[tuple[str, str]]:
        """What is about to happen, in figures."""

    @abstractmethod
    def _amount(self) -> int:
        """The amount that it is about."""

    def _signer(self, pin: int) -> dict[str, Any]:
        return {"channel": CHANNEL, "wallet": self._form.get("wallet", ""), "pin": pin}

    def _reason(self) -> str:
        reason = self._form.get("reason", "").strip()
        if not reason:
            raise Rejection("voucher.reason_needed", field="reason")
        return reason

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        amount, title = self._amount(), self._pages._(self.title)
        if error is None:
            await self.try_before_pin(wallet.id, self._command)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=title,
            line=f"{title} · {self._number}" if self._number else title,
            action=f"{self._page}/{self.verb}/pay",
            return_to=f"{self._page}/{self.verb}",
            names=self.fields,
            amount=amount,
            rows=await self._rows(),
        )

    async def move(self) -> str:
        """Sign it; the page that tells of it."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        result = (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{self._after(result)}?done={self.verb}"

    def _after(self, result: Any) -> str:
        """The page of what came of it, where it is still this person's."""
        del result
        return self._page
