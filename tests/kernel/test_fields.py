"""Fields check themselves, wherever they stand in a command."""

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from canglian.kernel import fields
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import Field, PlainText, Reason, Unit, field_of, impersonal
from canglian.kernel.values import Amount

PERSONAL = ("问过 13800138000", "本人 11010519491231002X", "卡 6222021234567890123", "问过１３８００１３８０００")


class Line(msgspec.Struct, frozen=True):
    text: PlainText | None = None
    free: str = ""


class Whole(msgspec.Struct, frozen=True):
    reason: Reason
    lines: list[Line] = []
    named: dict[str, PlainText] = {}
    line: Line | None = None
    few: Annotated[list[PlainText], Meta(max_length=3)] = []


class Nothing(msgspec.Struct, frozen=True):
    free: str
    number: int = 0


def refused(thing: Any) -> tuple[str, str]:
    with pytest.raises(CanglianError) as caught:
        fields.check(thing)
    return caught.value.code, caught.value.fields["field"]


@pytest.mark.parametrize("text", PERSONAL)
def test_a_text_that_is_kept_in_plain_holds_no_number_of_a_person(text: str) -> None:
    with pytest.raises(Rejection) as caught:
        impersonal(text)
    assert caught.value.code == "party.text_personal"
    assert text not in str(caught.value)


def test_numbers_of_files_and_days_are_no_persons() -> None:
    impersonal("反洗钱复核 2026-118，第 20261129001 号")


@pytest.mark.parametrize(
    ("thing", "where"),
    [
        (Whole("本人 13800138000"), "reason"),
        (Whole("好", lines=[Line("好"), Line("13800138000")]), "lines[1].text"),
        (Whole("好", named={"谁": "13800138000"}), "named.谁"),
        (Whole("好", line=Line("13800138000")), "line.text"),
        (Whole("好", few=["好", "13800138000"]), "few[1]"),
    ],
)
def test_a_refusal_names_the_field(thing: Any, where: str) -> None:
    assert refused(thing) == ("party.text_personal", where)


def test_all_faults_are_found_at_once_each_with_the_way_to_it() -> None:
    number = "13800138000"
    thing = Whole(
        number,
        lines=[Line(number), Line("好"), Line(number)],
        named={"a.b[0]": number, "谁": "‮"},
        line=Line(number),
        few=["好", number],
    )
    with pytest.raises(CanglianError) as caught, fields.inside("payload"):
        fields.check(thing)
    found = [caught.value, *caught.value.others]
    assert [(fault.code, *fault.steps) for fault in found] == [
        ("party.text_personal", "payload", "reason"),
        ("party.text_personal", "payload", "lines", 0, "text"),
        ("party.text_personal", "payload", "lines", 2, "text"),
        ("party.text_personal", "payload", "named", "a.b[0]"),
        ("text.hidden", "payload", "named", "谁"),
        ("party.text_personal", "payload", "line", "text"),
        ("party.text_personal", "payload", "few", 1),
    ]
    assert found[2].fields["field"] == "payload.lines[2].text"


def test_no_more_faults_are_found_than_anybody_reads() -> None:
    with pytest.raises(CanglianError) as caught:
        fields.check(Whole("好", lines=[Line("13800138000")] * 1000))
    assert len(caught.value.others) == fields.FAULTS_MAX - 1


def test_what_declares_no_check_is_not_looked_at() -> None:
    fields.check(Nothing("13800138000"))
    fields.check(Whole("好", lines=[Line(None, "13800138000")]))


def test_what_is_inside_names_the_way_to_it() -> None:
    with pytest.raises(CanglianError) as caught, fields.inside("payload"):
        fields.check(Whole("本人 13800138000"))
    assert caught.value.fields["field"] == "payload.reason"


def test_a_type_says_what_it_is() -> None:
    kinds = {name: (kind, default) for name, kind, default in fields.fields_of(Whole)}
    assert fields.field_of(kinds["reason"][0]).label == "Reason"
    assert fields.field_of(int) == Field()
    assert fields.description_of(kinds["reason"][0]) == "Why; it stays on record."
    assert fields.base_of(kinds["line"][0]) == (Line, True)
    assert kinds["reason"][1] is msgspec.NODEFAULT
    assert kinds["lines"][1] == []


def test_a_type_that_is_named_anew_stays_what_it_counts() -> None:
    face = field_of(Annotated[Amount, Field(label="Face")])
    assert (face.label, face.help, face.unit) == ("Face", "", Unit.MONEY)
    maybe = field_of(Annotated[Annotated[Amount | None, Field(label="Some")], Field(label="Part", unit=Unit.SHARE_BPS)])
    assert (maybe.label, maybe.unit) == ("Part", Unit.SHARE_BPS)
    scan = field_of(Annotated[Annotated[str, Field(label="Document", of_file=True)], Field(label="Invoice")])
    assert (scan.label, scan.of_file, scan.unit) == ("Invoice", True, None)
