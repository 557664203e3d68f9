"""Signing in to a person's own pages: what is kept of a code that was asked for, and of a session.

Like a key, a code and a token are made outside of decisions and stand nowhere: kept are a keyed hash of the code and
the SHA-256 of the token. Whoever has the installation's key finds the digits of a code again from its challenge, so
that the message can be sent, and sent again, without anybody keeping them.
"""

from datetime import datetime

from canglian.bank.party.sealing import MOBILE
from canglian.kernel.entity import Entity


class SignIn(
    Entity,
    frozen=True,
    table="sign_in",
    indexes={"mobile": ("mobile_index",), "challenge": ("challenge",)},
    sealed={"mobile_sealed": MOBILE},
):
    """A sign-in in progress, by mobile number. ``challenge`` names the code that was sent last.

    ``code_index`` is None once the code has let somebody in. ``tries`` counts wrong codes since the last right one,
    whichever code they were for. ``sends`` counts the codes since ``sends_since``. Devices on which the mobile has
    signed in before have a sign-in of their own (``known_device``), so that nobody else uses up their codes and tries.
    Erasing a party leaves neither the mobile nor its index.
    """

    id: str
    mobile_index: str | None
    mobile_sealed: str | None
    mobile_mask: str
    challenge: str
    code_index: str | None
    code_until: datetime
    asked_at: datetime
    sends: int
    sends_since: datetime
    tries: int
    locked_until: datetime | None
    known_device: bool = False


class PersonSession(
    Entity,
    frozen=True,
    table="person_session",
    indexes={"party": ("party",), "mobile": ("mobile_index",)},
    sealed={"mobile_sealed": MOBILE},
):
    """A person's session. ``id`` is the SHA-256 of its token; ``party`` is None for a mobile that nobody has yet.

    ``device`` is what the browser says that it is. ``proved`` names what was proved a moment ago by a PIN, until
    ``proved_until``, so that a code that is shown anew each minute does not ask for it each minute.
    """

    id: str
    party: str | None
    mobile_sealed: str | None
    mobile_mask: str
    mobile_index: str | None
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    proved: str | None
    proved_until: datetime | None
