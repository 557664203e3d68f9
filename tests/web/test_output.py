"""What the command line prints of values."""

import io
import json
import sys

import pytest
from rich.text import Text

from canglian.app.cli.failing import report_error
from canglian.kernel.errors import Rejection
from canglian.web.cli.output import Answer, give, print_ready, shown


def test_a_hidden_character_is_printed_by_its_number() -> None:
    assert shown("a\u202eb\u2069\U0001ffff") == "a⟨U+202E⟩b⟨U+2069⟩⟨U+1FFFF⟩"
    assert shown("a\x1b[2Jb\u2028\U000e0041\n") == "a⟨U+001B⟩[2Jb⟨U+2028⟩⟨U+E0041⟩\n"
    assert shown("工资 👩🏽‍🌾 José") == "工资 👩🏽‍🌾 José"


@pytest.mark.parametrize(("encoding", "plain"), [("ascii", False), ("gbk", False), ("utf-8", True)])
def test_json_loses_nothing_where_it_cannot_be_encoded(
    monkeypatch: pytest.MonkeyPatch, encoding: str, *, plain: bool
) -> None:
    data = {"name": "工资 👩🏽‍🌾 \\é"}
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding, errors="replace") for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    give(Answer(data, Text("")), as_json=True)
    print_ready(data)
    report_error(Rejection("account.not_found", account=data["name"]), as_json=True)
    printed = [stream.buffer.getvalue().decode(encoding) for stream in (out, err)]  # pyright: ignore
    assert [json.loads(line) for line in printed[0].splitlines()] == [data, data]
    assert json.loads(printed[1])["error"]["fields"] == {"account": data["name"]}
    assert [("工资" in text, text.isascii()) for text in printed] == [(plain, not plain)] * 2
