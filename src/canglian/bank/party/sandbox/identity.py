"""A world that checks faces and elements (要素), as an authority for identity or a network of banks does.

It knows nobody: everybody is who they say they are, unless the name or a number says otherwise, so that every way can
be tried:

    the name has 假                  the face is alike by 3000 basis points only
    the mobile ends in 0000          the mobile is somebody else's
    the account ends in 0000         the account is somebody else's
    the account ends in 2222         the account is the person's, but of Class II
"""

import hashlib
import secrets
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from canglian.web.sandbox.world import Reply, World, refusal
from canglian.web.signing import Asked

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Face(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A living face is to be compared with the picture that the authority has."""

    name: Text
    number: Text
    session: Text


class Elements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Five elements are to be compared: name, number, mobile, account, and that the account is of the class."""

    name: Text
    number: Text
    mobile: Text
    account: Text
    account_class: Annotated[int, Meta(ge=1, le=3)] = 1


class Identity(World):
    """The identity service."""

    name: ClassVar[str] = "identity"
    title: ClassVar[str] = "身份核验 · Identity checks"

    def do(self, asked: Asked, data: Any) -> Reply:
        """``POST /checks/liveness`` and ``POST /checks/elements``. Nothing personal is kept, only the answer."""
        kinds: dict[tuple[str, str], Any] = {
            ("POST", "/checks/liveness"): (Face, self._face),
            ("POST", "/checks/elements"): (Elements, self._elements),
        }
        found = kinds.get((asked.method, asked.path))
        if found is None:
            return refusal(404, "not_found", "There is nothing here.")
        kind, check = found
        try:
            return check(msgspec.convert(data, kind))
        except msgspec.ValidationError:
            return refusal(400, "malformed", "A field is missing, or not as it should be.")

    def _face(self, face: Face) -> Reply:
        reference = f"face-{secrets.token_hex(8)}"
        alike = 3000 if "假" in face.name else 9000 + int(hashlib.sha256(face.number.encode()).hexdigest(), 16) % 900
        digest = hashlib.sha256(reference.encode()).hexdigest()
        return Reply(200, {"reference": reference, "score_bps": alike, "digest": digest})

    def _elements(self, elements: Elements) -> Reply:
        differ = [
            name
            for name, differs in (
                ("mobile", elements.mobile.endswith("0000")),
                ("account", elements.account.endswith("0000")),
                ("account_class", elements.account.endswith("2222") and elements.account_class == 1),
            )
            if differs
        ]
        reference = f"elements-{secrets.token_hex(8)}"
        return Reply(200, {"reference": reference, "checked": 5, "matched": not differ, "differ": differ})


WORLD = Identity
