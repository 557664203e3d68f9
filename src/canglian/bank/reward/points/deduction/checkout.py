"""What a person's points take off an order, as their checkout offers it, and what is said of them."""

from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.discounts import Discount, LeftOut
from canglian.bank.reward.points import queries
from canglian.bank.reward.points.deduction.source import KIND, why_not
from canglian.bank.reward.points.model import PointMember, PointScheme
from canglian.bank.reward.points.rules import deducted_most, worth
from canglian.bank.wallet.mobile.owning import identified_wallets
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import balances
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import Person
from canglian.web.services import Services

_TERMS = "A refund gives the points back in its share."


async def taken_off(
    services: Services, person: Person, order: PaymentOrder, merchant: Merchant, before: int
) -> list[Discount]:
    """What points of this person take off an order of which ``before`` is taken off already, where they have it so."""
    own = await identified_wallets(services, person)
    left, found = order.payable - before, list[Discount]()
    if not own:
        return found
    for member, scheme, why, amount in await _weighed(services, person, order, merchant):
        amount = min(amount, left)
        if member.deducts and why is None and amount > 0:
            found.append(Discount(KIND, member.id, scheme.name, scheme.pays, amount, own[0].id))
            left -= amount
    return found


async def left_out_of(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[LeftOut]:
    """The points of this person that take nothing off an order, and why."""
    found: list[LeftOut] = []
    for member, scheme, why, amount in await _weighed(services, person, order, merchant):
        if why is None and not member.deducts and amount:
            why = Rejection("point_deduction.off", amount=amount, asset=scheme.pays)
        if why is not None:
            found.append(LeftOut(scheme.name, why))
    return found


async def _weighed(
    services: Services, person: Person, order: PaymentOrder, merchant: Merchant
) -> list[tuple[PointMember, PointScheme, CanglianError | None, int]]:
    """What points of each scheme would take off an order, or why they take off nothing; without those of nobody."""
    reader, book = services.reader, person.book
    found: list[tuple[PointMember, PointScheme, CanglianError | None, int]] = []
    for member in [] if person.party is None else await queries.members_of(reader, book, person.party):
        scheme = await queries.scheme(reader, book, member.scheme)
        deduction = scheme.deduction
        if deduction is None:
            continue
        spendable = (await queries.member_whole(reader, book, member.id)).spendable
        if not worth(deduction, spendable):
            continue
        code = why_not(deduction, order, merchant)
        why = None if code is None else Rejection(code, amount=deduction.at_least, asset=scheme.pays)
        funds = (await balances(reader, book, [scheme.funds]))[scheme.funds][0]
        most = min(worth(deduction, spendable), deducted_most(deduction, order.discountable), max(0, funds))
        found.append((member, scheme, why, most))
    return found


async def name_of(reader: Reader, book: int, identity: str) -> str:
    """What somebody's points are called."""
    return (await queries.scheme(reader, book, (await queries.member(reader, book, identity)).scheme)).name


async def wallet_of(reader: Reader, book: int, identity: str) -> str:
    """A wallet of whoever has points, whose PIN agrees to their use."""
    member = await queries.member(reader, book, identity)
    own = [wallet for wallet in await wallets.of_party(reader, book, member.party) if wallet.parent is None]
    if not own:
        raise Rejection("point_deduction.wallet", field="sources")
    return own[-1].id


async def terms_of(reader: Reader, book: int, identity: str) -> str:
    """The message id that says what a refund makes of points."""
    return _TERMS


async def funders_of(reader: Reader, book: int, identity: str, amount: int) -> list[tuple[str, int]]:
    """What was taken off goes back to what is set aside for the scheme."""
    return [(await name_of(reader, book, identity), amount)]
