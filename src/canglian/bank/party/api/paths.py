"""What the paths of this room name, and the reasons that bodies give."""

from typing import Annotated

import msgspec
from litestar.params import PathParameter

from canglian.kernel.fields import Reason

PartyPath = Annotated[str, PathParameter(pattern=r"^pty_[0-9a-z]{26}$", description="The party's id.")]
RolePath = Annotated[str, PathParameter(pattern=r"^rol_[0-9a-z]{26}$", description="The role's id.")]
OwnerPath = Annotated[str, PathParameter(pattern=r"^bno_[0-9a-z]{26}$", description="The beneficial owner's id.")]
ConsentPath = Annotated[str, PathParameter(pattern=r"^cns_[0-9a-z]{26}$", description="The consent's id.")]
OpeningPath = Annotated[str, PathParameter(pattern=r"^opn_[0-9a-z]{26}$", description="The opening's id.")]
EntryPath = Annotated[str, PathParameter(pattern=r"^lst_[0-9a-z]{26}$", description="The list entry's id.")]
UnmaskingPath = Annotated[str, PathParameter(pattern=r"^unm_[0-9a-z]{26}$", description="The unmasking's id.")]


class Because(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why. It stays on record in plain, so it names no number and no mobile."""

    reason: Reason
