"""Pages are compressed for whom takes it, and their length gives nothing away."""

import gzip

import pytest

from canglian.web.compressing import SMALL, compressed, takes_gzip
from tests.web.entering import Enter

PAGE = b"<p>token 1234567890</p>" * 400


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("br", False),
        (None, False),
    ],
)
def test_gzip_is_for_who_accepts_it(accepted: str | None, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
    body, headers = compressed(PAGE, accepted)
    assert (body != PAGE, headers.get("content-encoding") == "gzip") == (takes, takes)
    assert (gzip.decompress(body) if takes else body) == PAGE
    assert headers["vary"] == "accept-encoding"


def test_what_fits_into_a_packet_goes_as_it_is() -> None:
    assert compressed(b"x" * (SMALL - 1), "gzip")[0] == b"x" * (SMALL - 1)


def test_the_same_page_has_many_lengths() -> None:
    assert len({len(compressed(PAGE, "gzip")[0]) for _ in range(50)}) > 10


async def test_pages_of_the_console_are_compressed(enter: Enter) -> None:
    client = await enter("admin")
    answer = await client.get("/console/commands")
    assert answer.headers["content-encoding"] == "gzip"
    plain = await client.get("/console/commands", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text.startswith("<!doctype html>")
    assert answer.num_bytes_downloaded < len(answer.content) / 3
