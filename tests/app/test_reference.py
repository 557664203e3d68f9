"""The API's description as a page."""

import re
from pathlib import Path

from tests.conftest import Caller


async def test_the_page_shows_every_operation_and_every_error_code(call: Caller) -> None:
    described = (await call.client.get("/v1/openapi.json")).json()
    answer = await call.client.get("/docs/api")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = answer.text
    operations = [operation for item in described["paths"].values() for operation in item.values()]
    assert len(operations) >= 35
    for operation in operations:
        assert page.count(f'<h3 id="{operation["operationId"]}">') == 1, operation["operationId"]
    for code in described["x-error-codes"]:
        assert f"<code>{code}</code>" in page


async def test_the_page_needs_nothing_from_elsewhere(call: Caller) -> None:
    answer = await call.client.get("/docs/api")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|\sstyle=|(src|href)=[\"']https?://", answer.text)
    style = await call.client.get("/docs/api.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "url(" not in style.text
    links = set(re.findall(r'href="#([^"]+)"', answer.text))
    anchors = set(re.findall(r'id="([^"]+)"', answer.text))
    assert not links - anchors


async def test_the_metrics_that_the_docs_name_are_there(call: Caller) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "http-api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(canglian_[a-z_]+)`", page))
    assert len(named) >= 5
    await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011"})
    text = (await call.client.get("/metrics")).text
    assert not [name for name in named if f"\n{name}" not in text]
