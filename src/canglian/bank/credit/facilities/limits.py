"""What is drawn, held and given back of a facility: the one way in which its figures change."""

from msgspec.structs import replace

from canglian.bank.credit.facilities.model import Facility, FacilityState, LimitHold, LimitHoldState, SubLimit
from canglian.ledger.book import Book


def facility_of(book: Book, party: str) -> Facility | None:
    """The facility of a customer, where there is one."""
    return next(iter(book.find(Facility, "party", party)), None)


def require_part(book: Book, facility: Facility, product: str) -> SubLimit:
    """What is for a product, where something may be drawn.

    Rejects ``facility.state``, ``facility.no_product`` and ``facility.over``.
    """
    if facility.state is not FacilityState.ACTIVE:
        book.reject("facility.state", facility=facility.id, state=facility.state.value)
    part = facility.part_of(product)
    if part is None:
        book.reject("facility.no_product", facility=facility.id, product=product, field="product")
    if part.valid_until < book.today:
        book.reject("facility.over", facility=facility.id, until=part.valid_until.isoformat())
    return part


def take(book: Book, facility: Facility, product: str, amount: int) -> Facility:
    """Draw from a limit. Rejects what ``require_part`` does, and ``facility.exceeded``."""
    require_part(book, facility, product)
    _refuse_above(book, facility, product, amount)
    return changed(book, facility, product, used=amount)


def hold(book: Book, facility: Facility, product: str, amount: int) -> Facility:
    """Set a part of a limit aside. Rejects as ``take``."""
    require_part(book, facility, product)
    _refuse_above(book, facility, product, amount)
    return changed(book, facility, product, held=amount)


def end_hold(book: Book, held: LimitHold, state: LimitHoldState, drawn: int = 0) -> LimitHold:
    """Let go of a hold, of which so much was drawn."""
    facility = book.get(Facility, held.facility)
    changed(book, facility, held.product, held=-held.amount)
    return book.put(held.replace(state=state, drawn=drawn, updated_at=book.now))


def give_back(book: Book, facility: Facility, product: str, amount: int) -> Facility:
    """Principal was repaid: where the product is revolving, it can be drawn again."""
    part = facility.part_of(product)
    if not amount or part is None or not part.revolving:
        return facility
    return changed(book, facility, product, used=-min(amount, part.used))


def changed(book: Book, facility: Facility, product: str, *, used: int = 0, held: int = 0) -> Facility:
    """A facility of which so much more, or less, is drawn and held for a product."""
    parts = tuple(
        [
            replace(part, used=part.used + used, held=part.held + held) if part.product == product else part
            for part in facility.parts
        ]
    )
    assert all(part.used >= 0 and part.held >= 0 for part in parts), "no more is given back than was taken"
    return book.put(
        facility.replace(parts=parts, used=facility.used + used, held=facility.held + held, updated_at=book.now)
    )


def _refuse_above(book: Book, facility: Facility, product: str, amount: int) -> None:
    room = facility.room(product, book.today)
    if amount > room:
        book.reject("facility.exceeded", facility=facility.id, room=room, amount=amount, asset="CNY", field="amount")
