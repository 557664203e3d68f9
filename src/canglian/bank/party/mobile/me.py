"""Who somebody is to the bank, and help."""

from litestar import Response, get
from litestar.di import NamedDependency

from canglian.web.mobile import MobilePages, Person, signed_in


@get("/me", guards=[signed_in])
async def me_page(pages: NamedDependency[MobilePages], person: NamedDependency[Person]) -> Response[bytes]:
    """What the bank knows somebody by, and what can be set."""
    return pages.render("party/mobile/me.html")


@get("/help")
async def help_page(pages: NamedDependency[MobilePages]) -> Response[bytes]:
    """Answers in plain words; anybody may read them."""
    return pages.render("party/mobile/help.html")


handlers = (me_page, help_page)
