"""What faces are asked in plain, and the commands that it becomes: numbers are allotted and sealed on the way."""

import hashlib
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands import AllotNumbers, OpenDepositAccount
from canglian.bank.deposit.commands.values import Bank, ProductCode
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.deposit.queries import accounts
from canglian.bank.party.codes import index_of
from canglian.bank.party.commands.openings import OpeningId
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.numbering import Allotted, is_whole
from canglian.bank.party.requests import Plain, TypedCode, sealer_for
from canglian.bank.party.sealing import SealedText
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.typed import typed_number
from canglian.kernel.values import Code
from canglian.web.operations import RequestContext
from canglian.web.principal import Principal
from canglian.web.services import Services


class DepositRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account to be opened: at the counter for somebody who was seen, from afar by a completed opening."""

    product: ProductCode
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]
    party: Annotated[PartyId | None, doc("The party's id.")] = None
    opening: Annotated[OpeningId | None, doc("The completed remote opening; left out at the counter.")] = None
    bank: Annotated[Bank | None, doc("The name of the other bank.")] = None

    def command(self, number: Allotted) -> OpenDepositAccount:
        """The command, with the number that was allotted."""
        return OpenDepositAccount(
            product=self.product,
            number=number,
            channel=self.channel,
            party=self.party,
            opening=self.opening,
            bank=self.bank,
        )


class BindingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account at another bank to be bound."""

    number: Annotated[
        Plain,
        Meta(description="The number of the account at the other bank, in plain."),
        doc("The number of the account at the other bank, in plain."),
    ]
    bank: Bank


class NumberSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which account, by its whole number: in the body, never in an address."""

    number: Annotated[
        Plain,
        Meta(description="The whole account number, in plain."),
        doc("The whole account number, in plain."),
    ]

    def index(self, services: Services) -> str:
        """Its blind index. Rejects ``deposit_account.number_form`` and ``.number_checksum``."""
        return ACCOUNT_NUMBERS.index(services.keyring, ACCOUNT_NUMBERS.checked(self.number))


async def sealed_number(context: RequestContext, body: BindingRequest) -> SealedText:
    """The number of an account at another bank, sealed. Rejects ``bound_account.own`` for an account of this bank."""
    services, principal = context.services, context.principal
    sealer = await sealer_for(services, principal, context.key)
    sealed, plain = sealer.account(body.number), typed_number(body.number)
    if len(plain) == 19 and is_whole(plain):
        context.names_somebody()
        index = ACCOUNT_NUMBERS.index(services.keyring, plain)
        own = await accounts.by_index(services.reader, principal.book, index)
        if own is not None:
            if not context.dry_run:
                context.questions.count()
            raise Rejection("bound_account.own", field="number")
    return sealed


async def code_index(context: RequestContext, body: TypedCode) -> str:
    """The keyed hash of a code that the holder of a bound account typed."""
    return index_of(context.services.keyring, context.principal.book, context.target["bound_account"], body.code)


async def allot(services: Services, principal: Principal, key: str | None, *, dry_run: bool = False) -> Allotted:
    """The next number, sealed. A request that is repeated under its key gets the same one."""
    own = None if key is None else f"number:{hashlib.sha256(key.encode()).hexdigest()[:40]}"
    asked: dict[str, Any] = {"actor": principal.actor, "key": own, "scope": principal.scope, "dry_run": dry_run}
    outcome = await services.engine.submit(principal.book, AllotNumbers(), role=principal.role.value, **asked)
    row = outcome.unwrap()
    request = None if key is None else f"{principal.scope}/{key}"
    return ACCOUNT_NUMBERS.allotted(services.keyring, row.prefix, row.first, request)
