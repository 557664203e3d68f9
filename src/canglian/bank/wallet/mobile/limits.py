"""What could still be moved, rule by rule, and when each begins anew."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.limit.measures import Direction, Measure
from canglian.bank.limit.queries import what_is_left
from canglian.bank.limit.standing import Left
from canglian.bank.wallet.mobile.owning import own_wallet
from canglian.bank.wallet.mobile.pin_pages import seen
from canglian.bank.wallet.model import Wallet
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services


async def paid_today(reader: Reader, book: int, wallet: Wallet) -> Left | None:
    """The limit of a day that has least left for paying out, with what was paid today; None without one."""
    (found,) = await what_is_left(reader, book, await wallets.limits_of(reader, book, wallet))
    days = [left for left in found.limits if left.measure is Measure.DAY_SUM and left.direction is not Direction.IN]
    return min((left for left in days if left.left is not None), key=lambda left: left.left or 0, default=None)


@get("/wallets/{wallet:str}/limits", guards=[signed_in])
async def limits_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """The limits of a wallet as they stand now; an e-wallet has those of the account that it stands on, too."""
    found = await own_wallet(services, person, wallet)
    limits = (await wallets.all_limits_of(services.reader, person.book, found)).limits
    return pages.render("wallet/mobile/limits.html", wallet=await seen(services, person, found), limits=limits)


handlers = (limits_page,)
