"""Seeing again what one was let see: by nobody else, and not for long."""

from typing import Annotated

from canglian.bank.party.model import Unmasking
from canglian.bank.party.rules import policy_in_force, readable_until, require_active_party
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import identifier

UnmaskingId = Annotated[str, identifier("unm", "The unmasking's id.")]


class ReadUnmasking(Command[Unmasking], kind="party.read_unmasking"):
    """Note that somebody looks at what an unmasking or export of their own lets them see.

    This is how the maker of a proposal comes to what others have approved; the face opens it only after this was
    committed. Rejects ``unmasking.not_found`` for who is not its maker, ``unmasking.over``, and what
    ``require_active_party`` does.
    """

    unmasking: UnmaskingId

    def decide(self, book: Book) -> Unmasking:
        unmasking = book.get(Unmasking, self.unmasking)
        if unmasking.by != book.actor:
            book.reject("unmasking.not_found", unmasking=self.unmasking)
        party = require_active_party(book, unmasking.party)
        until = readable_until(unmasking, policy_in_force(book))
        if until < book.now:
            book.reject("unmasking.over", until=until.isoformat(timespec="seconds"))
        book.emit("party.unmasking_read", f"party:{party.id}", party=party.id, unmasking=unmasking.id)
        return unmasking
