"""One-time codes of remote openings: made by the installation's key, so that no code is kept anywhere, not even sealed.

A code belongs to the event that requests it: whoever has the key finds the same code for the same event again, so a
message that is sent twice says the same. What an opening keeps is a keyed hash, bound to the opening, with an end.
"""

from typing import Annotated

from msgspec import Meta

from canglian.kernel.crypto import Keyring

ABOUT = "remote_opening.code"
DIGITS = 6

CodeIndex = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="The keyed hash of a code.")]
TypedDigits = Annotated[str, Meta(pattern=r"^[0-9]{6}\Z", description="The six digits of the message.")]


def made_for(keyring: Keyring, book: int, event: int) -> str:
    """The code of an event."""
    return keyring.one_time_code(ABOUT, f"{book}:{event}", DIGITS)


def index_of(keyring: Keyring, book: int, opening: str, code: str) -> str:
    """The keyed hash of a code for an opening."""
    return keyring.blind_index(f"{book}:{opening}:{code}", ABOUT)
