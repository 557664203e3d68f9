"""What the paths of this room name, and the reasons that bodies give."""

from typing import Annotated

import msgspec

from canglian.kernel.fields import Reason
from canglian.web.operations import id_path

PartyPath = Annotated[str, id_path("pty", "The party's id.")]
RolePath = Annotated[str, id_path("rol", "The role's id.")]
OwnerPath = Annotated[str, id_path("bno", "The beneficial owner's id.")]
ConsentPath = Annotated[str, id_path("cns", "The consent's id.")]
OpeningPath = Annotated[str, id_path("opn", "The opening's id.")]
EntryPath = Annotated[str, id_path("lst", "The list entry's id.")]
UnmaskingPath = Annotated[str, id_path("unm", "The unmasking's id.")]


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why. It stays on record in plain, so it names no number and no mobile."""

    reason: Reason
