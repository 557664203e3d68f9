"""Forms: read into commands, refused in plain words at the field that is wrong."""

from datetime import date
from typing import Annotated

import msgspec
import pytest

from canglian.kernel.errors import Malformed
from canglian.web.console.formats import browser, money
from canglian.web.console.forms import error_at, read, wrong
from canglian.web.principal import Role


class Asked(msgspec.Struct, kw_only=True):
    """A form's goal, with a field of each kind."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=5)]
    login: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+\Z")] = "a"
    days: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    role: Role = Role.VIEWER
    begins: date | None = None


def test_texts_become_numbers_and_dates_and_empty_ones_are_left_out() -> None:
    form = {"name": "ann", "days": "7", "begins": "2026-01-31", "login": "", "_key": "x"}
    assert read(form, Asked) == Asked(name="ann", days=7, begins=date(2026, 1, 31))


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({}, "name", "此处必填。"),
        ({"name": "a"}, "name", "此处至少填写 2 个字符。"),
        ({"name": "ann-marie"}, "name", "此处最多填写 5 个字符。"),
        ({"name": "ann", "login": "A!"}, "login", "填写格式不符，请参照该项下方说明。"),
        ({"name": "ann", "days": "seven"}, "days", "请填写整数。"),
        ({"name": "ann", "days": "0"}, "days", "此处最小为 1。"),
        ({"name": "ann", "days": "100"}, "days", "此处最大为 99。"),
        ({"name": "ann", "role": "king"}, "role", "请从列表中选择。"),
        ({"name": "ann", "begins": "31.1.2026"}, "begins", "请按 2026-01-31 的格式填写日期。"),
    ],
)
def test_what_is_wrong_is_said_plainly_at_its_field(values: dict[str, str], field: str, text: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(values, Asked)
    problem = wrong(caught.value, "zh")
    assert (problem.field, problem.text) == (field, text)


def test_a_refusal_is_put_at_the_field_that_was_being_read() -> None:
    with pytest.raises(Malformed) as caught, error_at("amount"):
        raise Malformed("amount.not_positive", text="0")
    assert wrong(caught.value, "en").field == "amount"
    with pytest.raises(Malformed) as caught, error_at("amount"):
        raise Malformed("request.malformed", problem="x", field="other")
    assert wrong(caught.value, "en").field == "other"


def test_amounts_have_their_sign_before_and_points_their_name_behind() -> None:
    assert money(123456) == "¥1,234.56"
    assert money(-5) == "-¥0.05"
    assert money(1200, "PTS:xincheng", {"PTS:xincheng": 0}) == "1,200 PTS:xincheng"
    assert money(None) == "—"


def test_a_browser_is_named_as_far_as_it_says() -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
    assert browser(chrome) == "Chrome · Linux"
    assert browser(f"{chrome} Edg/120.0") == "Edge · Linux"
    assert browser("curl/8.1") == "curl/8.1"
    assert browser(None) == "—"
