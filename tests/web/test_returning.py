"""After signing in, a person goes on to one of our own pages, whatever the address says."""

import httpx
import msgspec
import pytest

from canglian.app.opening import opened
from canglian.app.server import create_app
from canglian.kernel.settings import Settings
from canglian.web.returning import inside
from tests.conftest import client_of
from tests.web.entering import Enter, send, token_in

HOMES = ("/console", "/m")
OURS = ("", "/", "/accounts", "/accounts?sort=-id", "?done=x", "/a#b", "#b", "/账户?q=张三")
OTHERS = ("evil", "-x", ".com", "%2f", "/\\evil", "//evil", "/x//evil", "/../x", "/..", "/a\r\nx: y", "/\t/e", "@e")
WHOLLY = ("", "//evil.com", "https://evil.com", "javascript:alert(1)", "/", "/v1/me", "/\\evil", " /console", "\x00")


@pytest.mark.parametrize("home", HOMES)
def test_an_address_is_compared_at_the_boundaries_of_its_parts(home: str) -> None:
    for rest in OURS:
        assert inside(home + rest, home) == home + rest
    for address in (*(home + rest for rest in OTHERS), *WHOLLY):
        assert inside(address, home) == home, address


@pytest.mark.parametrize(("page", "home"), [("/console/login", "/console"), ("/m/sign-in", "/m")])
async def test_every_page_that_sends_on_asks_for_it(http: httpx.AsyncClient, page: str, home: str) -> None:
    for rest in OTHERS:
        shown = await http.get(page, params={"next": home + rest})
        assert f'name="next" value="{home}"' in shown.text, rest
        answer = await http.post(
            f"{home}/language", data={"_token": token_in(shown.text), "next": home + rest, "language": "en"}
        )
        assert answer.headers["location"] == home, rest


async def test_a_logout_leaves_nothing_behind_but_that_the_device_is_known(enter: Enter) -> None:
    client = await enter("operator")
    answer = await send(client, "/console/security", "/console/logout")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert client.cookies.get("canglian") is None
    assert client.cookies.get("canglian_device")


@pytest.mark.parametrize(
    ("settings", "secure", "strict"),
    [
        (Settings(), False, False),
        (Settings(secure_cookies=True), True, False),
        (Settings(public_url="http://bank.example"), False, False),
        (Settings(public_url="HTTPS://bank.example/"), True, True),
    ],
)
def test_where_people_come_by_https_cookies_and_browsers_stay_with_it(
    settings: Settings, secure: bool, strict: bool
) -> None:
    assert (settings.has_secure_cookies, settings.over_https) == (secure, strict)


async def test_by_https_every_answer_says_so_and_every_cookie_is_secure(configuration: Settings) -> None:
    settings = msgspec.structs.replace(configuration, public_url="https://bank.example")
    async with opened(settings) as installation, client_of(create_app(installation)) as client:
        for path in ("/console/login", "/m/sign-in", "/v1/me", "/nothing", "/livez"):
            answer = await client.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=31536000", path
            assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie")), path
        fast = await client.post("/v1/transfers", json={})
        assert "strict-transport-security" in fast.headers
