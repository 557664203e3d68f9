"""What of people can be approved: seeing their data in plain, handing it out, erasing it, making two records one.

Whoever votes sees masks and ids alone. What an approved unmasking or export lets see is for its maker to read, and for
nobody else (``/v1/unmaskings``); a check of the reason keeps numbers out of the proposal.
"""

from collections.abc import Iterator
from typing import Any

from canglian.bank.approval.describing import Approvable, Description, approvable
from canglian.bank.approval.model import Fact
from canglian.bank.party.commands import EraseParty, ExportPersonalData, MergeParties, RenameParty, UnmaskParty
from canglian.bank.party.model import Party
from canglian.bank.party.rules import may_be_erased_on, policy_in_force
from canglian.kernel.book import Book
from canglian.web.form import Input


def _party(book: Book, label: str, identity: str) -> Iterator[Fact]:
    """A party by its id, its mask and its state; it may be no other one when the last vote is given."""
    party = book.get(Party, identity)
    yield Fact(label, "party", party.id, note=party.name_mask, watched=True)
    yield Fact("State", "state", party.state.value, watched=True)


def _unmasking(book: Book, command: UnmaskParty) -> Description:
    pieces = [Fact("To be seen", "words", f"field.{piece.value}") for piece in dict.fromkeys(command.fields)]
    return _about(book, command, pieces)


def _export(book: Book, command: ExportPersonalData) -> Description:
    return _about(book, command, [Fact("To be seen", "words", "Everything, handed out")])


def _erasure(book: Book, command: EraseParty) -> Description:
    ended_on = book.get(Party, command.party).ended_on
    if ended_on is None:
        return _about(book, command, [])
    kept = may_be_erased_on(ended_on, policy_in_force(book))
    dates = [Fact("Ended", "day", ended_on.isoformat(), watched=True), Fact("Kept until", "day", kept.isoformat())]
    return _about(book, command, dates)


def _about(book: Book, command: Any, facts: list[Fact]) -> Description:
    shown = [*_party(book, "Party", command.party), *facts, Fact("Reason", "text", command.reason)]
    return Description(f"party:{command.party}", shown)


def _merger(book: Book, command: MergeParties) -> Description:
    facts = [
        *_party(book, "Stays", command.survivor),
        *_party(book, "Is merged into it", command.other),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"party:{command.survivor}", facts)


def _renaming(book: Book, command: RenameParty) -> Description:
    party = book.get(Party, command.party)
    facts = [
        Fact("Verified", "state", party.level.value, watched=True),
        Fact("Name instead", "text", command.name.mask),
    ]
    return _about(book, command, facts)


_PARTY = Input(name="party", label="Customer", help="Whole name, mobile or identity number.")


approvable(
    Approvable(
        UnmaskParty,
        "View unmasked personal data",
        _unmasking,
        outcome=lambda unmasking: f"unmasking:{unmasking.id}",
        fields=(_PARTY, Input(name="fields", label="Which", family="field")),
        reason="reason",
    )
)
approvable(
    Approvable(
        ExportPersonalData,
        "Provide all personal data to the customer",
        _export,
        outcome=lambda unmasking: f"unmasking:{unmasking.id}",
        fields=(_PARTY,),
        reason="reason",
    )
)
approvable(
    Approvable(
        EraseParty,
        "Erase personal data",
        _erasure,
        outcome=lambda party: f"party:{party.id}",
        fields=(_PARTY,),
        reason="reason",
    )
)
approvable(
    Approvable(
        MergeParties,
        "Merge two records of a customer",
        _merger,
        outcome=lambda party: f"party:{party.id}",
        fields=(
            Input(name="survivor", label="Stays", help="Whole name, mobile or identity number."),
            Input(name="other", label="Record to merge", help="Whole name, mobile or identity number."),
        ),
        reason="reason",
    )
)
approvable(
    Approvable(
        RenameParty,
        "Change a verified name",
        _renaming,
        outcome=lambda party: f"party:{party.id}",
        fields=(_PARTY, Input(name="name", label="Name", help="As the document has it.")),
        reason="reason",
        plain={"name": str},
        matter=lambda command: f"party.name:{command.party}",
        always=True,
    )
)
