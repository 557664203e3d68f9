"""The fields of forms: what is left empty, for a command that changes only what it is told."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from canglian.kernel import Book, Command
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
