"""Choosing things on forms: somebody types a name or a number, and chooses from what was found.

A form has three fields for each: ``_pick_<field>`` says of what kind it is, ``_find_<field>`` is what was typed, and
``<field>`` the id of what was chosen. Without a script the text is looked for when the form is sent: the only thing
that fits is taken, of several one is chosen. What somebody chose last is offered before anything is typed.

Where a field takes several things, ``_many_<field>`` says so: each that is chosen is ticked, and what is found stands
below them. Its value are their ids with spaces between.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from canglian.kernel.errors import CODES, Malformed, NotFound, declare
from canglian.web.additions import Pick, Picked
from canglian.web.console.forms import MANY
from canglian.web.principal import Principal
from canglian.web.services import Services

declare(
    {
        "pick.nothing": "Nothing fits what was typed; type a whole name or number.",
        "pick.several": "Several fit what was typed; choose one.",
    }
)

KIND = "_pick_"
TEXT = "_find_"
FOUND_MAX = 10
"""How many things are offered at once."""

RECENT_MAX = 6
TEXT_MAX = 100


class Shown(msgspec.Struct, frozen=True):
    """A choice on a form: what was typed, what is offered, and which of it is chosen; and the words around it.

    ``fitting`` are the ids of what fits the text. Of ``many`` things the chosen ones have spaces between their ids.
    ``hint`` says what can be typed, ``none`` leaves the field empty, ``nothing`` is said where nothing was found.
    """

    field: str
    kind: str
    hint: str
    none: str
    nothing: str
    text: str = ""
    options: Sequence[Picked] = ()
    chosen: str = ""
    fitting: Sequence[str] = ()
    many: bool = False

    @property
    def ticked(self) -> list[str]:
        """The ids of what is chosen."""
        return self.chosen.split()

    @property
    def is_open(self) -> bool:
        """Whether something was typed of which nothing was chosen yet."""
        return bool(self.text) and not any(each in self.fitting for each in self.ticked)


class Picks:
    """The choices of one page, for who looks at it."""

    def __init__(
        self,
        services: Services,
        principal: Principal | None,
        known: Mapping[str, Pick],
        translate: Callable[[str], str],
    ) -> None:
        self._services = services
        self._translate = translate
        self._principal = principal
        self._known = known
        self._shown: dict[str, Shown] = {}

    def view(self, field: str, kind: str, *, many: bool = False) -> Shown:
        """A choice as it was shown, or an empty one."""
        shown = self._shown.get(field)
        if shown is not None and shown.kind == kind:
            return shown
        _ = self._translate
        return Shown(field, kind, _(self._known[kind].hint), _("None"), _(CODES["pick.nothing"]), many=many)

    def is_blank(self, field: str) -> bool:
        """Whether nothing of a choice was looked up yet."""
        return field not in self._shown

    def knows(self, kind: str) -> bool:
        """Whether any room finds things of a kind."""
        return kind in self._known

    def kind_of(self, field: str, typed_as: str = "") -> str:
        """The kind of thing that a field asks for, by how it is typed or by its name; empty for all others."""
        if typed_as in self._known:
            return typed_as
        return next((kind for kind, pick in self._known.items() if field in pick.fields), "")

    def kind_of_each(self, field: str) -> str:
        """The kind of things of which a field asks for several, by its name; empty for all others."""
        return next((kind for kind, pick in self._known.items() if field in pick.lists), "")

    async def show(self, field: str, kind: str, chosen: str = "", text: str = "", *, many: bool = False) -> Shown:
        """A choice with what fits the text; else with what is chosen; else with what was chosen lately, or is offered.

        Of many, what is chosen stands before what fits. NotFound ``request.not_found`` for a kind that is none.
        """
        pick = self._known.get(kind)
        if pick is None or self._principal is None:
            raise NotFound("request.not_found", path=kind)
        services, book = self._services, self._principal.book
        shown = msgspec.structs.replace(self.view(field, kind, many=many), text=text, chosen=chosen)
        found = [*await pick.find(services, book, text[:TEXT_MAX])][:FOUND_MAX] if text else []
        if not text and (many or not chosen):
            found = [*await pick.named(services, book, self._recent(kind))]
            found += [] if pick.offered is None else [*await pick.offered(services, book)][:FOUND_MAX]
        kept = [*await pick.named(services, book, shown.ticked)] if many or not text else []
        options = {option.id: self._worded(option) for option in (*kept, *found)}
        fitting = [option.id for option in found] if text else []
        shown = msgspec.structs.replace(shown, options=list(options.values()), fitting=fitting)
        self._shown[field] = shown
        return shown

    def _worded(self, option: Picked) -> Picked:
        """What may be chosen, its word in the reader's language before its title."""
        if not option.word:
            return option
        return msgspec.structs.replace(option, title=f"{self._translate(option.word)} {option.title}", word="")

    async def settle(self, values: Mapping[str, str]) -> dict[str, str]:
        """What a form says, with the only thing that fits where none was chosen.

        Rejects ``pick.nothing`` and ``pick.several`` at the field, after all choices of the form were looked at.
        """
        settled, wrong = dict(values), list[Malformed]()
        for name in [name for name in values if name.startswith(KIND)]:
            field = name.removeprefix(KIND)
            many = bool(values.get(MANY + field))
            shown = await self.show(field, values[name], values.get(field, ""), values.get(TEXT + field, ""), many=many)
            if shown.is_open:
                if len(shown.fitting) != 1 or (shown.chosen and not many):
                    wrong.append(Malformed("pick.several" if shown.fitting else "pick.nothing", field=field))
                    continue
                shown = msgspec.structs.replace(shown, chosen=" ".join((*shown.ticked, *shown.fitting)))
                self._shown[field], settled[field] = shown, shown.chosen
            for identity in shown.ticked:
                self._remember(values[name], identity)
        if wrong:
            first, *others = wrong
            first.others = tuple(others)
            raise first
        return settled

    def _recent(self, kind: str) -> list[str]:
        return self._memory().get(self._key(kind), [])

    def _remember(self, kind: str, identity: str) -> None:
        memory = self._memory()
        if len(memory) >= 10_000:
            memory.clear()
        others = [each for each in memory.get(self._key(kind), []) if each != identity]
        memory[self._key(kind)] = [identity, *others][:RECENT_MAX]

    def _memory(self) -> dict[tuple[int, str, str], list[str]]:
        return self._services.memory.setdefault("picked", {})

    def _key(self, kind: str) -> tuple[int, str, str]:
        assert self._principal is not None
        return self._principal.book, self._principal.actor, kind


def merged(picks: Sequence[Pick]) -> dict[str, Pick]:
    """Each kind once: where several rooms find things of a kind, all are asked."""
    kinds: dict[str, list[Pick]] = {}
    for pick in picks:
        kinds.setdefault(pick.kind, []).append(pick)
    return {kind: _together(several) for kind, several in kinds.items()}


def _together(picks: Sequence[Pick]) -> Pick:
    async def find(services: Services, book: int, text: str) -> list[Picked]:
        found: dict[str, Picked] = {}
        for pick in picks:
            found |= {option.id: option for option in await pick.find(services, book, text) if option.id not in found}
        return list(found.values())

    async def named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
        found = {option.id: option for pick in picks for option in await pick.named(services, book, identities)}
        return [found[identity] for identity in identities if identity in found]

    first = picks[0]
    fields = tuple(field for pick in picks for field in pick.fields)
    lists = tuple(field for pick in picks for field in pick.lists)

    async def offered(services: Services, book: int) -> list[Picked]:
        return [option for pick in picks if pick.offered for option in await pick.offered(services, book)]

    is_offered = any(pick.offered for pick in picks)
    return Pick(first.kind, first.hint, find, named, fields, lists, offered if is_offered else None)
