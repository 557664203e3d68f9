"""What the paths of this room name, and bodies with a PIN."""

from typing import Annotated

import msgspec

from canglian.bank.wallet.api.bodies import GivenPin
from canglian.bank.wallet.commands.values import WalletId
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.web.operations import id_path

ContractPath = Annotated[str, id_path("pur", "The contract's id.")]
OfferPath = Annotated[str, id_path("ppo", "The offer's id.")]
GrantPath = Annotated[str, id_path("grt", "The grant's id.")]


class SignContractRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The PIN of the payer's wallet."""

    pin: GivenPin = None


class FundContractRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid in from the payer's wallet, with its PIN."""

    amount: Annotated[Amount, doc("What is paid in, in fen.")]
    pin: GivenPin = None


class BuyCardRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid for a prepaid card, from which wallet, with its PIN."""

    wallet: WalletId
    amount: Annotated[Amount, doc("What is paid, in fen.")]
    pin: GivenPin = None


class TransferGrantRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom how much of a grant goes, with the PIN of its holder's wallet."""

    to: WalletId
    amount: Annotated[Amount, doc("How much, in fen.")]
    pin: GivenPin = None
