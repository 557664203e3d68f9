"""Figures by version on a page: every figure is shown as people read it, and typed as it is shown."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import pytest
from msgspec import Meta

from canglian.kernel import Book, Command
from canglian.kernel.errors import CanglianError
from canglian.kernel.fields import Field, Note, Unit
from canglian.web.actions import Action
from canglian.web.console.inputs import FormField
from canglian.web.console.versions import figures_of
from canglian.web.principal import Permission
from canglian.web.versions import Versions


class HowFar(StrEnum):
    NEAR = "near"
    FAR = "far"


class SetFare(Command[None], kind="toy.set_fare"):
    """One figure of every kind."""

    code: str
    effective_from: date
    prefix: Annotated[str, Field(label="Prefix")]
    hours: int
    most: Annotated[int | None, Field(help="Empty for no bound.")]
    price: Annotated[int, Field(unit=Unit.MONEY)]
    rate: Annotated[int, Field(unit=Unit.RATE_PPM)]
    part: Annotated[int, Field(unit=Unit.SHARE_BPS)]
    months: list[Annotated[int, Meta(ge=1, le=12)]]
    how_far: HowFar
    active: bool
    note: Note
    tries: int = 3

    def decide(self, book: Book) -> None:
        pass


async def nothing(reader: Any, book: int) -> list[Any]:
    return []


FARES = Versions(
    path="/fares",
    tag="fares",
    title="Fares",
    purpose="What it costs.",
    read=nothing,
    add=Action(command=SetFare, name="add", help="Add a version.", permission=Permission.ADMINISTER),
)
FIGURES = {figure.name: figure for figure in figures_of(FARES)}


def say(text: str) -> str:
    return f"<{text}>"


def test_the_figures_are_what_the_command_asks_for_beside_code_date_and_note() -> None:
    assert list(FIGURES) == [
        *("prefix", "hours", "most", "price", "rate", "part", "months", "how_far", "active", "tries")
    ]
    assert (FIGURES["prefix"].label, FIGURES["hours"].label) == ("Prefix", "field.hours")
    assert [name for name, figure in FIGURES.items() if not figure.required] == ["most", "tries"]
    assert FIGURES["most"].help == "Empty for no bound."


@pytest.mark.parametrize(
    ("name", "value", "shown", "written"),
    [
        ("prefix", "0012", "0012", "0012"),
        ("hours", 1440, "1,440", "1440"),
        ("most", None, "<without limit>", ""),
        ("most", 5, "5", "5"),
        ("price", 123_456, "¥1,234.56", "1,234.56"),
        ("rate", 500, "0.0500 %", "0.0500"),
        ("rate", 0, "0.0000 %", "0.0000"),
        ("part", 2500, "25.00 %", "25.00"),
        ("months", [3, 6, 12], "3<, >6<, >12", "3 6 12"),
        ("how_far", HowFar.FAR, "<how_far.far>", "far"),
        ("active", True, "<yes>", "yes"),
        ("active", False, "<no>", ""),
    ],
)
def test_a_figure_is_shown_written_and_read_back(name: str, value: Any, shown: str, written: str) -> None:
    figure = FIGURES[name]
    assert (figure.shown(value, say), figure.written(value)) == (shown, written)
    same = {"hours": str(value), "most": written, "months": list(map(str, value)) if name == "months" else 0}
    assert figure.read({name: written} if written else {}) == same.get(name, value)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("price", "much", "amount.invalid"),
        ("rate", "0.00001", "share.too_fine"),
        ("part", "a quarter", "share.invalid"),
        ("part", "-1", "share.invalid"),
    ],
)
def test_what_is_no_amount_and_no_share_stands_wrong_at_its_field(name: str, text: str, code: str) -> None:
    with pytest.raises(CanglianError) as caught:
        FIGURES[name].read({name: text})
    assert (caught.value.code, caught.value.fields["field"]) == (code, name)


def test_months_may_be_typed_with_any_mark_between() -> None:
    figure: FormField = FIGURES["months"]
    assert figure.read({"months": "3,6、9 12"}) == ["3", "6", "9", "12"]
