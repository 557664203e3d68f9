"""A season as people type it, each mall as ``guanqian=320508=观前街``, and a theme as its form has it."""

import re
from typing import Annotated, Any

from msgspec import Meta

from canglian.kernel.errors import Rejection, declare
from canglian.kernel.fields import Field, doc
from canglian.scenario.shopping.commands.values import Districts, FirstDay, LastDay, MallCodes, SeasonName, Summary
from canglian.scenario.shopping.model import Mall
from canglian.web.actions import Typed

declare({"season.mall_typed": "A mall is typed as guanqian=320508=观前街: its code, its division and its name."})

_MALL = re.compile(r"(?P<code>[a-z][a-z0-9-]{1,31})=(?P<region>[1-9][0-9]{5})=(?P<name>[^=]{1,60})\Z")


class SeasonTyped(Typed, frozen=True, kw_only=True):
    """A season with its malls."""

    name: SeasonName
    starts_on: FirstDay
    ends_on: LastDay
    malls: Annotated[
        tuple[str, ...],
        Meta(max_length=100),
        doc("Code, division and name of each mall: `guanqian=320508=观前街`."),
        Field(
            label="Malls", help="Code, division and name of each: guanqian=320508=观前街, several with spaces between."
        ),
    ] = ()

    def command_fields(self) -> dict[str, Any]:
        malls = tuple(mall_typed(text) for text in self.malls)
        return {"name": self.name, "starts_on": self.starts_on, "ends_on": self.ends_on, "malls": malls}


class ThemeTyped(Typed, frozen=True, kw_only=True):
    """A theme as its form has it: all of it, so that what is emptied is empty."""

    name: SeasonName
    summary: Summary
    starts_on: FirstDay
    ends_on: LastDay
    districts: Districts = ()
    malls: MallCodes = ()

    def command_fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


def mall_typed(text: str) -> Mall:
    """A mall as it is typed. Rejects ``season.mall_typed``."""
    found = _MALL.match(text)
    if found is None:
        raise Rejection("season.mall_typed", field="malls")
    return Mall(found["code"], found["name"], found["region"])
