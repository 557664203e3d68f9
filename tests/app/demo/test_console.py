"""The console of the whole demo: its English has no Chinese in it, and what waits is in the lists that are led to."""

import html
import re

import pytest

from canglian.web.principal import Role
from tests.app.demo.conftest import Visit
from tests.app.demo.walking import walk
from tests.words import entries, named

_TEXT = re.compile(r">([^<>]+)<")
_MIXED = re.compile(r"[A-Za-z)] ?[；、，。：（]|[；、，。：）] ?[A-Za-z(]")
"""Chinese punctuation beside English words."""

_PART = re.compile(r" · | (?=[0-9*]+$)")
"""What stands between the parts of a text: a name and a number, say."""

DATA = {"管理员", "消费补贴", "实收资本", "月月刷", "随机立减", "邀请有礼", "本行", "年龄", "惠农贷", "备货贷"}
"""Names in the data of the demo that are also words of ours: of a user, accounts, a contract, offers, an input."""

_WAITING = re.compile(r'<li><a href="([^"]+)"><span class="figure">([^<]+)</span>')

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def chinese_in(page: str, words: set[str]) -> list[str]:
    """Texts of a page that are ours and Chinese: by the catalogue, or by their punctuation. Names in data are not."""
    page = re.sub(r"(?s)<script.*?</script>|<[^>]* lang=\"zh[^>]*>[^<]*<|<pre.*?</pre>", "<", page)
    texts = [html.unescape(text).strip() for text in _TEXT.findall(page)]
    return [text for text in texts if words & {text, *_PART.split(text)} or _MIXED.search(text)]


async def test_no_english_page_has_chinese_words_of_ours(visit: Visit) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    words = ({text for text in entries("zh").values() if chinese.search(text)} | named()) - DATA
    pages = await walk(await visit(Role.ADMIN))
    shown = {address: page.text for address, page in pages.items() if "text/html" in page.headers["content-type"]}
    assert len(shown) > 200
    assert {address: found for address, text in shown.items() if (found := chinese_in(text, words))} == {}


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.APPROVER, Role.ADMIN])
async def test_what_waits_on_the_first_page_is_in_the_list_that_it_opens(visit: Visit, role: Role) -> None:
    client = await visit(role)
    counts = {html.unescape(path): count for path, count in _WAITING.findall((await client.get("/console")).text)}
    rows = {
        path: (await client.get(path, params={**dict(_query(path)), "limit": "200"})).text.count("<tr data-href=")
        for path in counts
    }
    assert {path: str(number) for path, number in rows.items()} == counts


def _query(path: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in path.partition("?")[2].split("&"))]
