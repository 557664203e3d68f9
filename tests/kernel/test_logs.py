"""Logs are JSON lines and carry no personal data."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from canglian.kernel import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    out = io.StringIO()
    logs.configure(stream=out)
    yield out
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    structlog.get_logger().info("batch committed", book=1, commands=7)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["book"], line["commands"]) == ("batch committed", "info", 1, 7)


def test_debug_is_left_out(stream: io.StringIO) -> None:
    structlog.get_logger().debug("detail")
    assert stream.getvalue() == ""


def test_names_and_looks_of_personal_data_are_masked(stream: io.StringIO) -> None:
    text = "call 13812345678, id 11010519491231002X, card 6222021234567890123, key ck_abcd1234_SecretSecret"
    structlog.get_logger().warning(text, password="hunter2", mobile="13812345678", note=text)
    logged = stream.getvalue()
    for secret in ("13812345678", "19491231", "62220212345678", "SecretSecret", "hunter2"):
        assert secret not in logged
    assert "138****5678" in logged
    assert "ck_abcd1234_…" in logged


def test_a_traceback_has_no_local_variables(stream: io.StringIO) -> None:
    hidden = "local-secret-value"
    try:
        raise ZeroDivisionError(len(hidden))
    except ZeroDivisionError:
        structlog.get_logger().exception("failed")
    text = stream.getvalue()
    assert "ZeroDivisionError" in text
    assert hidden not in json.loads(text)["exception"].replace('hidden = "local-secret-value"', "")


def test_what_libraries_log_goes_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("somebody").warning("mobile %s", "13812345678")
    assert json.loads(stream.getvalue())["event"] == "mobile 138****5678"
