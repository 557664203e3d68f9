"""How an action is asked for on a page: a form and its inputs. What makes pages of them is ``canglian.web.console``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from canglian.kernel.command import Command

Message = str | tuple[str, Mapping[str, str]]
"""A message id; or one with the values of its places: ``("Until %(day)s.", {"day": "2036-01-01"})``."""


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why something cannot be done now, and the page where somebody does what has to come first.

    ``link`` is what leads there, a message id. ``code`` is that of the refusal, where it was tried.
    """

    reason: Message
    path: str = ""
    link: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Input:
    """How a form asks for one field, where the field's type does not say it all. Texts are message ids.

    ``kind`` is how it is typed (``canglian.web.console.inputs``): an instant may be asked for as a day. ``choices`` are
    pairs of value and title; a page may give its own. ``of`` is the field's name where forms choose its things by it,
    and ``name`` has a prefix. ``family`` has the words of an enum's members, ``freeze_kind``
    for ``freeze_kind.out``: by default the enum's name. ``initial`` stands there at first. What is ``secret`` is never
    shown again after it was sent. What a page shows decides whether it ``applies``; a field may be asked for by several
    inputs, each for other things. Where it ``keeps``, nothing typed leaves what may be null.
    """

    name: str
    of: str = ""
    kind: str = ""
    label: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    family: str = ""
    initial: str = ""
    secret: bool = False
    applies: Callable[[Any], bool] = lambda _: True
    keeps: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """An action as a form of a page. Texts are message ids.

    ``inputs`` are the fields that a type does not say enough of, in their order; the others follow. ``omit`` are fields
    that the form never asks for (what the page's address names is filled in), ``fixed`` those that it fills itself.
    ``confirm`` is asked before the form is sent, ``download`` says that a file is answered. What a page shows decides:
    ``applies`` whether there is a form at all, ``unavailable`` the reason why it cannot be sent now. What no page knows
    is tried: ``trial`` makes the command as it would be asked for, with something in the place of what is typed.
    """

    title: str
    submit: str = ""
    confirm: Message | Callable[[Any], Message] = ""
    note: Message | Callable[[Any], Message] = ""
    danger: bool = False
    download: bool = False
    inputs: tuple[Input, ...] = ()
    omit: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    applies: Callable[[Any], bool] = lambda _: True
    unavailable: Callable[[Any], "Message | Why | None"] = lambda _: None
    trial: Callable[[Any], Command[Any]] | None = None
