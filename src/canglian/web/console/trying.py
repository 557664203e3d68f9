"""What actions would be refused, told before anybody asks for them.

An action whose form has a ``trial`` is decided and thrown away when its page is made: what is refused then is greyed
with its reason. Where the refusal's code has a remedy (``Room.remedies``), a link leads to what has to be done first.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from canglian.kernel.errors import Busy, CanglianError, Unavailable
from canglian.web.actions import Action
from canglian.web.console.pages import Pages
from canglian.web.form import Why
from canglian.web.operations import RequestContext

_ID = re.compile(r"\b[a-z]{3,4}_[0-9a-z]{20}([0-9a-z]{6})\b")


class Tried(msgspec.Struct, frozen=True):
    """What came of trying an action: why it is refused, or what it would come to."""

    why: Why | None = None
    result: Any = None


async def refusals(
    pages: Pages,
    actions: Sequence[Action],
    shown: Any,
    *,
    typed: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None,
    called: Mapping[str, str] | None = None,
) -> Mapping[str, Why]:
    """Why actions cannot be done now, by their names; nothing is said of those that can, or that cannot be tried.

    ``typed`` has something for each field that forms ask for, and ``target`` the fields that the address names: with
    them actions are tried that have no trial of their own. ``called`` is what people know things by, by their ids.
    """
    found = await asyncio.gather(
        *(_refusal(pages, action, shown, typed, target or {}, called or {}) for action in actions)
    )
    return {action.name: why for action, why in zip(actions, found, strict=True) if why is not None}


async def _refusal(
    pages: Pages,
    action: Action,
    shown: Any,
    typed: Mapping[str, Any] | None,
    target: Mapping[str, Any],
    called: Mapping[str, str],
) -> Why | None:
    form = action.form
    if form is None or (form.trial is None and typed is None) or not form.applies(shown) or form.unavailable(shown):
        return None
    return (await tried(pages, action, shown, typed=typed, target=target, called=called)).why


async def tried(
    pages: Pages,
    action: Action,
    shown: Any = None,
    *,
    typed: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None,
    called: Mapping[str, str] | None = None,
) -> Tried:
    """Decide an action and throw it away. Nothing comes of it where the role may not do it, or nobody can tell now."""
    principal, form = pages.principal, action.form
    if principal is None or not principal.may(action.permission):
        return Tried()
    context = RequestContext(pages.services, principal, None, True, None, channel="counter")
    about: dict[str, str] = {}
    try:
        if form is not None and form.trial is not None:
            command = form.trial(shown)
        else:
            fields = {} if action.body is None else dict.fromkeys(action.body.__struct_fields__)
            asked = {name: value for name, value in (typed or {}).items() if name in fields}
            body = None if action.body is None else action.body(**asked)
            command = await action.make(context, {name: (target or {})[name] for name in action.target}, body)
        about = {name: str(getattr(command, name)) for name in action.target if getattr(command, name, None)}
        return Tried(result=(await context.submit(command)).unwrap())
    except (Busy, Unavailable):
        return Tried()
    except CanglianError as error:
        return Tried(why_not(pages, error, about, called))


def why_not(
    pages: Pages,
    error: CanglianError,
    about: Mapping[str, str] | None = None,
    called: Mapping[str, str] | None = None,
) -> Why:
    """A refusal as a page tells it before anybody asks, with what leads on; ``about`` names the thing refused.

    Of an id of which ``called`` does not say what people know it by, the end alone is shown.
    """
    title, path = pages.remedy(error, about)
    known = called or {}
    text = _ID.sub(lambda found: known.get(found[0], f"…{found[1]}"), pages.refusal(error).text)
    return Why(reason=("%(reason)s", {"reason": text}), path=path, link=title, code=error.code)
