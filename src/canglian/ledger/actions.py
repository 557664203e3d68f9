"""What can be done to accounts, holds and transfers on their pages; API and command line have their own ways."""

from canglian.ledger import availability
from canglian.ledger.commands import CaptureHold, CloseAccount, ReleaseHold, ReverseTransfer, SetAccountState
from canglian.web.actions import Action
from canglian.web.form import Form, Input
from canglian.web.principal import Permission

_KEPT = "Kept on record."

CHANGE_STATE = Action(
    command=SetAccountState,
    name="state",
    help="Freeze an account in one or both directions, or open it again.",
    permission=Permission.POST,
    target=("account",),
    form=Form(
        title="Change the state",
        inputs=(Input(name="state", label="New state", family="state"), Input(name="reason", help=_KEPT)),
        unavailable=availability.changed,
        trial=availability.change,
    ),
    cli=False,
)
CLOSE = Action(
    command=CloseAccount,
    name="close",
    help="Close an empty account for good.",
    permission=Permission.POST,
    target=("account",),
    form=Form(
        title="Close the account",
        confirm=availability.ask_to_close,
        danger=True,
        unavailable=availability.closed,
        trial=availability.close,
    ),
    cli=False,
)
CAPTURE = Action(
    command=CaptureHold,
    name="capture",
    help="Take part of a hold, or all that is left.",
    permission=Permission.POST,
    target=("hold",),
    form=Form(
        title="Capture",
        confirm=availability.ask_to_capture,
        inputs=(
            Input(name="amount", label="Amount to capture", help="In yuan, such as 12.50; empty for all that is left."),
            Input(name="final", label="Release the rest"),
        ),
        omit=("reference", "metadata"),
        unavailable=availability.taken,
        trial=availability.capture,
    ),
    cli=False,
)
RELEASE = Action(
    command=ReleaseHold,
    name="release",
    help="Let go of what a hold still reserves.",
    permission=Permission.POST,
    target=("hold",),
    form=Form(
        title="Release",
        confirm=availability.ask_to_release,
        unavailable=availability.taken,
        trial=availability.release,
    ),
    cli=False,
)
REVERSE = Action(
    command=ReverseTransfer,
    name="reverse",
    help="Undo a transfer by one in the other direction.",
    permission=Permission.POST,
    target=("transfer",),
    form=Form(
        title="Reverse",
        confirm=availability.ask_to_undo,
        danger=True,
        inputs=(Input(name="reason", help=_KEPT),),
        omit=("reference",),
        unavailable=availability.undone,
        trial=availability.undo,
    ),
    cli=False,
)

ON_ACCOUNT = (CHANGE_STATE, CLOSE)
ON_HOLD = (CAPTURE, RELEASE)
