"""The machine words of this room that people read."""

from canglian.scenario.shopping.model import Joining, NoteState, PartState, Sign

EVENTS = (
    *(f"season.merchant_{state.value}" for state in PartState),
    "season.note_cleared",
    "season.note_confirmed",
)
"""Events whose names are put together where they are emitted."""

FAMILIES = {
    "state": (PartState, NoteState),
    "joining": (Joining,),
    "sign": (Sign,),
}
"""The enums that pages show, by their family of words."""

TEXTS = (
    "Campaigns to join",
    "Discounts of today, and who pays for them",
    "Paid with the settlement of",
    "Settlement waits while the bank looks at your sales with coupons (ask your branch), since",
    "Taken off by coupons",
)
"""What a page of a room below says for this one."""
