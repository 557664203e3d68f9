"""What can be done to several dead letters at once."""

from canglian.kernel.outbox import ResendDeadLetter, SkipDeadLetter
from canglian.web.actions import Action
from canglian.web.form import Form
from canglian.web.principal import Permission

ON_LETTERS = (
    Action(
        command=ResendDeadLetter,
        name="resend",
        help="Send what did not arrive once more.",
        permission=Permission.POST,
        target=("dead_letter",),
        cli=False,
        form=Form(title="Send again"),
    ),
    Action(
        command=SkipDeadLetter,
        name="skip",
        help="Give what did not arrive up for good.",
        permission=Permission.POST,
        target=("dead_letter",),
        cli=False,
        form=Form(title="Discard", danger=True),
    ),
)
