"""The fields of forms: instants, days and ticks; what is left empty, for a command that changes what it is told."""

import enum
from datetime import datetime
from typing import Annotated

import pytest
from msgspec import NODEFAULT, UNSET, Meta, UnsetType

from canglian.kernel import Book, Command
from canglian.kernel.errors import Malformed
from canglian.kernel.fields import Field, Unit, fields_of
from canglian.web.console.inputs import FormField, form_field

Most = Annotated[int | None, Field(unit=Unit.MONEY)]


class ChangeFare(Command[None], kind="toy.change_fare"):
    """What is left out stays, null clears."""

    fare: str
    name: str | UnsetType = UNSET
    zone: str | UnsetType | None = UNSET
    most: Most | UnsetType = UNSET
    note: str | None = None

    def decide(self, book: Book) -> None:
        pass


def _field(name: str) -> FormField:
    (found,) = [form_field(*field) for field in fields_of(ChangeFare) if field[0] == name]
    return found


def test_nothing_typed_clears_what_may_be_null_and_would_stay_if_it_were_left_out() -> None:
    assert [_field(name).read({name: ""}) for name in ("zone", "most")] == [None, None]
    assert _field("zone").read({}) is None
    assert [_field(name).read({name: ""}) for name in ("fare", "name", "note")] == ["", "", ""]
    assert _field("most").read({"most": "12.50"}) == 1250


def test_what_may_be_left_out_need_not_be_typed() -> None:
    names = ("fare", "name", "zone", "most", "note")
    assert [name for name in names if _field(name).required] == ["fare"]
    assert [_field(name).kind for name in names] == ["text", "text", "text", "decimal", "text"]


def test_what_may_be_null_stays_where_a_form_says_so() -> None:
    (zone,) = [field for field in fields_of(ChangeFare) if field[0] == "zone"]
    assert form_field(*zone, keeps=True).read({"zone": ""}) == ""


class Colour(enum.Enum):
    """An enum of two."""

    RED = "red"
    BLUE = "blue"


Instant = Annotated[datetime, Meta(tz=True)]


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("", "2026-01-05T10:30", "2026-01-05T10:30:00+08:00"),
        ("", "2026-01-05 10:30", "2026-01-05T10:30:00+08:00"),
        ("", "2026-01-05", "2026-01-05T00:00:00+08:00"),
        ("first_day", "2026-01-05", "2026-01-05T00:00:00+08:00"),
        ("last_day", "2026-01-05", "2026-01-05T23:59:59+08:00"),
        ("last_day", "", ""),
    ],
)
def test_a_time_and_a_day_are_read_in_the_zone_of_the_branch(kind: str, text: str, read: str) -> None:
    field = form_field("at", Instant, NODEFAULT, kind=kind)
    assert field.kind == (kind or "instant")
    assert field.read({"at": text}) == read


@pytest.mark.parametrize("text", ["gestern", "2026-13-40", "2026-01-05T25:00"])
def test_what_is_no_time_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        form_field("at", Instant, NODEFAULT).read({"at": text})
    assert (refused.value.code, refused.value.fields["field"]) == ("form.time", "at")


def test_several_members_are_ticked_each_by_its_own_field() -> None:
    field = form_field("colours", Annotated[list[Colour], Meta(min_length=1)], NODEFAULT)
    assert (field.kind, field.members, field.family) == ("ticks", ["red", "blue"], "colour")
    assert field.read({"colours_blue": "yes", "colours_green": "yes"}) == ["blue"]
    assert field.read({"colours_red": ""}) == "", "nothing ticked is nothing sent"
