"""Why something cannot be done to an application now."""

from canglian.bank.credit.applications.commands import REFUSAL
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication
from canglian.web.form import Message

_WAITING = (ApplicationState.SUBMITTED, ApplicationState.DECIDED)


def is_waiting(shown: CreditApplication) -> bool:
    """Somebody has to decide it."""
    return shown.state in _WAITING


def is_offered(shown: CreditApplication) -> bool:
    """It can be signed."""
    return shown.state is ApplicationState.OFFERED


def ask_to_refuse(shown: CreditApplication) -> Message:
    """What is sent."""
    return "Refuse this application? The customer reads the text at once: %(text)s", {"text": shown.refusal or REFUSAL}
