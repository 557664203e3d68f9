"""Why something cannot be done to a deposit account now, as its page says before anybody tries.

The reasons are message ids; None where it can be done.
"""

from collections.abc import Sequence

import msgspec

from canglian.bank.deposit.commands import EndBinding
from canglian.bank.deposit.model import AccountState, BindingState, Confirmation, DepositProduct, ProductClass
from canglian.bank.deposit.queries.accounts import DepositView
from canglian.bank.deposit.queries.outside import BoundView
from canglian.bank.party import Level
from canglian.bank.party.model import Party, PartyDocument
from canglian.web.console.formats import money
from canglian.web.form import Message

_CLOSING = "The account is being closed."


class AccountShown(msgspec.Struct, frozen=True):
    """An account with what its page knows of it: the holder's valid documents, products of class II, bound accounts."""

    account: DepositView
    product: DepositProduct
    holder: Party | None
    documents: Sequence[PartyDocument]
    second_class: Sequence[DepositProduct]
    bound: Sequence[BoundView]

    @property
    def confirmed(self) -> list[BoundView]:
        """The bound accounts that money goes to and comes from."""
        return [bound for bound in self.bound if bound.state is BindingState.ACTIVE]


class BindingShown(msgspec.Struct, frozen=True):
    """A bound account, and whether messages can be sent."""

    bound: BoundView
    may_send: bool


def cash(shown: AccountShown) -> str | None:
    """Cash at the counter."""
    if shown.account.state is AccountState.CLOSING:
        return _CLOSING
    return "The account is frozen." if shown.account.stops_in and shown.account.stops_out else None


def cash_booked(shown: AccountShown) -> Message:
    """What is asked before cash is booked; the page fills in what was chosen and typed."""
    balance = money(shown.account.balance, shown.account.asset)
    return "{direction}: {amount}. The balance before it is %(balance)s.", {"balance": balance}


def pulled(shown: AccountShown) -> str | None:
    """Money from a bound account."""
    return _between(shown) or ("Credits are blocked." if shown.account.stops_in else None)


def pushed(shown: AccountShown) -> str | None:
    """Money to a bound account."""
    if reason := _between(shown):
        return reason
    if shown.account.stops_out:
        return "Debits are blocked."
    return "No available balance." if shown.account.available <= 0 else None


def _between(shown: AccountShown) -> str | None:
    if shown.account.state is AccountState.CLOSING:
        return _CLOSING
    return None if shown.confirmed else "No bound account is confirmed."


def bound(shown: AccountShown) -> str | None:
    """Another bound account."""
    if shown.account.party is None:
        return "Internal account of the bank."
    living = [bound for bound in shown.bound if not bound.state.is_over]
    return "As many are bound as the product allows." if len(living) >= shown.product.bound_max else None


def verified(shown: AccountShown) -> str | None:
    """The holder was seen since."""
    if shown.account.level is Level.FACE_TO_FACE:
        return "Already done."
    if shown.holder is None or shown.holder.level is not Level.FACE_TO_FACE:
        return "The holder is not verified face to face yet: verify the customer first."
    return _active(shown)


def is_third_class(shown: AccountShown) -> bool:
    """Only an account of class III can be raised to class II."""
    return shown.account.product_class is ProductClass.CLASS3


def raised(shown: AccountShown) -> str | None:
    """From class III to class II."""
    return _active(shown) or (None if shown.second_class else "No product of Class II is offered.")


def _active(shown: AccountShown) -> str | None:
    return None if shown.account.state is AccountState.ACTIVE else "The account is not active."


def reactivated(shown: AccountShown) -> str | None:
    """A dormant account is served everywhere again."""
    if shown.account.state is not AccountState.DORMANT:
        return "The account is not dormant."
    return None if shown.documents else "There is no valid document of the holder on record."


def closed(shown: AccountShown) -> str | None:
    """The account is closed for good."""
    account = shown.account
    if account.state is AccountState.CLOSING:
        return _CLOSING
    if account.stops_in or account.stops_out:
        return "The account is frozen."
    return "Funds are held for a payment order without a response." if account.held else None


def unbound(shown: BindingShown) -> EndBinding:
    """What is tried before a bound account is let go of."""
    return EndBinding(bound_account=shown.bound.id, reason="—")


def awaits_amount(shown: BindingShown) -> bool:
    """The holder has to say which amount came in."""
    bound = shown.bound
    return bound.state is BindingState.CONFIRMING and bound.confirmation is Confirmation.ONE_CENT


def awaits_code(shown: BindingShown) -> bool:
    """The holder has to type a code."""
    return shown.bound.state is BindingState.CONFIRMING and shown.bound.code_until is not None


def may_send_code(shown: BindingShown) -> bool:
    """A code can be sent, the first time or again."""
    return awaits_code(shown) or (shown.may_send and shown.bound.state is BindingState.CHECKED)
