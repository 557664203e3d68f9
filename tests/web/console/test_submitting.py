"""What a form asks for is answered, or its page is shown again with what was refused."""

import pytest
from litestar import Response
from litestar.response import Redirect

from canglian.kernel.errors import CanglianError, Malformed, Rejection
from canglian.web.console.submitting import or_again

PAGE = Response("page")


async def page() -> Response[str]:
    return PAGE


async def address() -> str:
    return "/console/there"


async def refused() -> str:
    raise Malformed("form.missing", field="name")


async def fault() -> str:
    raise ValueError("a fault of ours")


async def never(error: CanglianError) -> Response[str]:
    raise AssertionError(error)


async def test_a_page_is_answered_and_an_address_is_gone_on_to() -> None:
    assert await or_again(page(), never) is PAGE
    there = await or_again(address(), never)
    assert isinstance(there, Redirect)
    assert (there.url, there.status_code) == ("/console/there", 303)


async def test_what_is_refused_is_shown_by_the_page_with_its_error() -> None:
    seen: list[CanglianError] = []

    async def again(error: CanglianError) -> Response[str]:
        seen.append(error)
        return PAGE

    assert await or_again(refused(), again) is PAGE
    assert [(error.code, error.fields) for error in seen] == [("form.missing", {"field": "name"})]


async def test_the_page_before_stands_in_for_one_that_cannot_be_shown_any_more() -> None:
    async def pad(error: CanglianError) -> Response[str]:
        raise Rejection("form.missing") from error

    async def form(error: CanglianError) -> Response[str]:
        return PAGE

    assert await or_again(refused(), lambda error: or_again(pad(error), form)) is PAGE


async def test_a_fault_is_no_refusal() -> None:
    with pytest.raises(ValueError, match="a fault of ours"):
        await or_again(fault(), never)
