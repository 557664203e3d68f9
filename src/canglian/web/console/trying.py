"""What actions would be refused, told before anybody asks for them.

An action whose form has a ``trial`` is decided and thrown away when its page is made: what is refused then is greyed
with its reason. Where the refusal's code has a remedy (``Room.remedies``), a link leads to what has to be done first.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from canglian.kernel.errors import Busy, CanglianError, Unavailable
from canglian.web.actions import Action
from canglian.web.console.pages import Pages
from canglian.web.form import Why

_ID = re.compile(r"\b[a-z]{3,4}_[0-9a-z]{20}([0-9a-z]{6})\b")


async def refusals(pages: Pages, actions: Sequence[Action], shown: Any) -> Mapping[str, Why]:
    """Why actions cannot be done now, by their names; nothing is said of those that can, or that cannot be tried."""
    found: dict[str, Why] = {}
    for action in actions:
        reason = await _refusal(pages, action, shown)
        if reason is not None:
            found[action.name] = reason
    return found


async def _refusal(pages: Pages, action: Action, shown: Any) -> Why | None:
    principal, form = pages.principal, action.form
    if principal is None or not principal.may(action.permission) or form is None or form.trial is None:
        return None
    if not form.applies(shown) or form.unavailable(shown):
        return None
    try:
        outcome = await pages.services.engine.submit(
            principal.book, form.trial(shown), actor=principal.actor, dry_run=True, role=principal.role.value
        )
        outcome.unwrap()
    except (Busy, Unavailable):
        return None
    except CanglianError as error:
        title, path = pages.remedy(error)
        text = _ID.sub(r"…\1", pages.refusal(error).text)
        return Why(reason=("%(reason)s", {"reason": text}), path=path, link=title)
    return None
