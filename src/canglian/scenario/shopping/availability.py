"""Why something cannot be done in a season now, as its page says before anybody tries."""

from canglian.scenario.shopping.model import NoteState, PartState, SeasonMerchant, SeasonNote


def is_asked(part: SeasonMerchant) -> bool:
    """The bank agrees or declines."""
    return part.state is PartState.ASKED


def waits(part: SeasonMerchant) -> bool:
    """It was asked for or invited."""
    return part.state in (PartState.ASKED, PartState.INVITED)


def is_joined(part: SeasonMerchant) -> bool:
    """It can leave."""
    return part.state is PartState.JOINED


def is_open(note: SeasonNote) -> bool:
    """Nobody has looked at it."""
    return note.state is NoteState.OPEN
