"""The API's description as pages, served and written."""

import ast
import html
import re
import subprocess
from pathlib import Path

import pytest

from canglian.app import reference_pages
from tests.conftest import Caller

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE_BYTES_MAX = 150_000


async def pages_of(call: Caller) -> dict[str, str]:
    """The pages of all resources by their addresses, as the first page leads to them."""
    answer = await call.client.get("/docs/api")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    addresses = set(re.findall(r'href="(/docs/api/[^"#]+)"', answer.text))
    return {"/docs/api": answer.text} | {
        address: (await call.client.get(address)).text for address in sorted(addresses)
    }


async def test_every_operation_is_on_the_page_of_its_resource(call: Caller) -> None:
    described = (await call.client.get("/v1/openapi.json")).json()
    pages = await pages_of(call)
    operations = [operation for item in described["paths"].values() for operation in item.values()]
    assert len(operations) >= 35
    for operation in operations:
        address = f"/docs/api/{operation['tags'][0].replace(' ', '-')}"
        assert pages[address].count(f'<h2 id="{operation["operationId"]}">') == 1, operation["operationId"]
        assert pages["/docs/api"].count(f'{address}#{operation["operationId"]}"') == 1, operation["operationId"]
    codes = (await call.client.get("/docs/errors")).text
    for code in described["x-error-codes"]:
        assert f"<code>{code}</code>" in codes
    assert (await call.client.get("/docs/api/nothing")).status_code == 404


async def test_the_pages_need_nothing_from_elsewhere_and_are_small(call: Caller) -> None:
    answer = await call.client.get("/docs/api")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    style = await call.client.get("/docs/api.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "url(" not in style.text
    for address, page in (await pages_of(call)).items():
        assert len(page.encode()) < PAGE_BYTES_MAX, address
        assert not re.search(r"<script|\sstyle=|(src|href)=[\"']https?://", page), address
        links = set(re.findall(r'href="#([^"]+)"', page))
        anchors = set(re.findall(r'id="([^"]+)"', page))
        assert not links - anchors, address


async def test_a_page_has_values_of_enums_and_examples_for_a_shell_and_for_python(call: Caller) -> None:
    page = html.unescape((await call.client.get("/docs/api/transfers")).text)
    assert '"both" | "credit" | "debit"' in " ".join(page.split())
    assert 'curl "$CANGLIAN/v1/transfers/$NUMBER/reverse"' in page
    assert 'client.get(f"/v1/transfers/{number}").json()' in page


async def test_operations_fields_and_codes_are_found_by_words(call: Caller) -> None:
    for text, first in (
        ("capture hold", "/docs/api/holds#captureHold"),
        ("bounded_by", "/docs/api/transfers#postTransfer"),
        ("transfer.nothing_available", "/docs/errors/transfer.nothing_available"),
    ):
        page = (await call.client.get("/docs/api/search", params={"q": text})).text
        found = re.findall(r'<li><a href="([^"]+)"><code>', page)
        assert found, text
        assert found[0] == first, (text, found)
    for text, expected in (  # a field inside a body, one of an answer
        ("allow_zero", {"/docs/api/transfers#postTransfers", "/docs/api/transfers#schema-TransferRequestLine"}),
        ("captured", {"/docs/api/holds#getHold", "/docs/api/holds#schema-Hold"}),
    ):
        page = (await call.client.get("/docs/api/search", params={"q": text})).text
        assert expected <= set(re.findall(r'<li><a href="([^"]+)"><code>', page)), text
    nothing = (await call.client.get("/docs/api/search", params={"q": "<b>no such</b>"})).text
    assert "Nothing has “&lt;b&gt;no such&lt;/b&gt;”." in nothing
    assert (await call.client.get("/docs/api/search")).status_code == 200


async def test_tellers_developers_and_operators_find_from_one_page_what_this_server_has(call: Caller) -> None:
    pages = {}
    for address, other, texts in (
        ("/docs", "/docs/en", ("柜员", "开发者", "运维人员")),
        ("/docs/", "/docs/en", ("柜员", "开发者", "运维人员")),
        ("/docs/en", "/docs", ("For tellers", "For developers", "For operators")),
    ):
        answer = await call.client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert f'<a href="{other}" lang=' in answer.text
        assert [text for text in texts if f">{text}</h2>" not in answer.text] == []
        pages[address] = answer.text
    assert re.findall("[㐀-鿿]+", pages["/docs/en"]) == ["中文"]
    links = set(re.findall(r'(?:href|action)="([^"]+)"', pages["/docs"]))
    assert {"/docs/api", "/docs/errors", "/docs/api/search", "/v1/openapi.json", "/console", "/m"} <= links
    for link in links:
        assert (await call.client.get(link)).status_code in (200, 302, 303), link
    guides = [REFERENCE.parent.parent / path for path in re.findall(r"<code>(docs/[^<]+)</code>", pages["/docs"])]
    assert [guide.is_file() for guide in guides] == [True] * 3
    for page in ("/docs/api", "/docs/errors"):
        assert 'href="/docs/en"' in (await call.client.get(page)).text


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """The files of the reference as the source makes them."""
    return reference_pages.http_api()


def test_the_files_of_the_reference_are_what_the_source_makes(written: dict[str, str]) -> None:
    kept = {page.name: page.read_text(encoding="utf-8") for page in (REFERENCE / "http-api").glob("*.md")}
    assert kept == written, "run python -m canglian.app.reference_pages"
    assert max(len(text.encode()) for text in written.values()) < PAGE_BYTES_MAX


def test_every_example_is_python_and_shell_that_can_be_read(written: dict[str, str]) -> None:
    examples = [found for text in written.values() for found in re.findall(r"```(sh|python)\n(.*?)```", text, re.S)]
    assert len(examples) > 400
    shell = "\n".join(text for kind, text in examples if kind == "sh")
    assert subprocess.run(["bash", "-n"], input=shell, text=True, capture_output=True).stderr == ""
    for kind, text in examples:
        if kind == "python":
            ast.parse(text)


async def test_the_metrics_that_the_docs_name_are_there(call: Caller) -> None:
    page = (REFERENCE / "http-api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(canglian_[a-z_]+)`", page))
    assert len(named) >= 5
    await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011"})
    text = (await call.client.get("/metrics")).text
    assert not [name for name in named if f"\n{name}" not in text]
