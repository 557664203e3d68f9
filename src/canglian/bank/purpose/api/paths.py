"""What the paths of this room name, and bodies with a PIN."""

from typing import Annotated

import msgspec

from canglian.bank.wallet.api.bodies import GivenPin
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.web.operations import id_path

ContractPath = Annotated[str, id_path("pur", "The contract's id.")]
GrantPath = Annotated[str, id_path("grt", "The grant's id.")]


class SignContractRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The PIN of the payer's wallet."""

    pin: GivenPin = None


class FundContractRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid in from the payer's wallet, with its PIN."""

    amount: Annotated[Amount, doc("What is paid in, in fen.")]
    pin: GivenPin = None
