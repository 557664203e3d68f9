"""Every way in checks every text: no command keeps a number of a person in plain by accident."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

import canglian.app.server  # noqa: F401  # pyright: ignore[reportUnusedImport] - brings every room's commands
from canglian.kernel.command import COMMANDS
from canglian.kernel.errors import CanglianError
from canglian.kernel.fields import Field

PERSONAL = "本人 13800138000"
TURNED = "本人\u202e本"
NO_CHARACTER = "本人\uffff"
COMMANDING = "本\x9b人"

MASKS = "a mask, made where the text is sealed"
CALLERS = "a number that a program made: it may look like anything, and to refuse it would lose what it answers"
MACHINE = "made by this program, never typed"
FIGURES = "rules and their bounds, whose numbers are figures"
FILES = "what a file says: to refuse it would lose the difference; pages show hidden characters by their numbers"
SECRET = "sealed or hashed before it is kept"

UNCHECKED = {
    "approval.approve.behind": MACHINE,
    "approval.file.behind": MACHINE,
    "approval.reject.behind": MACHINE,
    "deposit.answer_rail_order.reference": CALLERS,
    "deposit.confirm_by_code.reference": CALLERS,
    "deposit.mark_rail_sent.reference": CALLERS,
    "deposit.reconcile_rail_line.reference": CALLERS,
    "deposit.send_binding_code.reference": CALLERS,
    "eod.end_step.failed.code": MACHINE,
    "eod.end_step.failed.item": MACHINE,
    "house.begin_session.address": MACHINE,
    "house.begin_session.agent": "what a browser says of itself",
    "house.revoke_key.key": MACHINE,
    "house.set_password.keep": MACHINE,
    "kernel.reseal.key": MACHINE,
    "kernel.reseal.table": MACHINE,
    "partner.add_key.public_key": "a key, read as one",
    "partner.count_calls.counted.app": MACHINE,
    "payment.accept_channel_order.reference": CALLERS,
    "payment.answer_channel_order.reference": CALLERS,
    "outbox.add_receiver.secret": SECRET,
    "outbox.add_receiver.url": "an address, checked as one",
    "outbox.change_receiver.receiver": MACHINE,
    "outbox.change_receiver.previous": SECRET,
    "outbox.change_receiver.secret": SECRET,
    "outbox.change_receiver.url": "an address, checked as one",
    "outbox.lease_receiver.holder": MACHINE,
    "outbox.lease_receiver.receiver": MACHINE,
    "outbox.record_deliveries.attempts.problem": MACHINE,
    "outbox.record_deliveries.holder": MACHINE,
    "outbox.send_test_event.receiver": MACHINE,
    "outbox.record_deliveries.receiver": MACHINE,
    "party.check_liveness.reference": CALLERS,
    "party.confirm_code.reference": CALLERS,
    "party.match_elements.reference": CALLERS,
    "decision.draft.document": FIGURES,
    "decision.draft.inputs.high": FIGURES,
    "decision.draft.inputs.low": FIGURES,
    "party.note_proof.proof": MACHINE,
    "party.send_code.reference": CALLERS,
    "party.type_sign_in_code.device": "what a browser says of itself",
    "reconciliation.end.digest": MACHINE,
    "reconciliation.end.sides.digest": MACHINE,
    "reconciliation.end.sides.problems": MACHINE,
    "reconciliation.record.differences.key": FILES,
    "reconciliation.record.differences.lines.number": FILES,
    "settlement.settle.accounts.asset": MACHINE,
    "settlement.settle.accounts.claims": MACHINE,
    "settlement.settle.accounts.merchant": MACHINE,
    "wallet.onboard.people.evidence.code_reference": CALLERS,
    "wallet.onboard.people.evidence.elements_reference": CALLERS,
    "wallet.onboard.people.evidence.face_reference": CALLERS,
}
"""Texts that nothing checks, each with its reason; those of the ledger and masks below."""


def unchecked_because(where: str) -> str | None:
    """Why a field is not checked; None for one that has to be."""
    if where.endswith(".mask"):
        return MASKS
    if where.startswith("ledger.") and where.rsplit(".", 1)[1] in ("reference", "metadata", "owner", "purpose"):
        return CALLERS
    return UNCHECKED.get(where)


def refuses(annotation: Any, text: str) -> bool:
    """Whether any check of a type refuses a text."""
    for field in get_args(annotation)[1:]:
        try:
            if isinstance(field, Field) and field.check is not None:
                field.check(text)
        except CanglianError:
            return True
    return False


def free_texts(where: str, annotation: Any, text: str) -> Iterator[tuple[str, bool]]:
    """The texts of a type whose form takes a text, with whether they declare a check that refuses it."""
    origin = get_origin(annotation)
    if annotation is str or (origin is Annotated and get_args(annotation)[0] is str):
        try:
            msgspec.convert(text, annotation)
        except msgspec.ValidationError:
            return
        yield where, refuses(annotation, text)
    elif origin is Annotated:
        yield from free_texts(where, get_args(annotation)[0], text)
    elif origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from free_texts(where, option, text)
    elif origin in (list, tuple):
        yield from free_texts(where, get_args(annotation)[0], text)
    elif origin is dict:
        yield from free_texts(where, get_args(annotation)[1], text)
    elif isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        for name, kind in get_type_hints(annotation, include_extras=True).items():
            if name in annotation.__struct_fields__:
                yield from free_texts(f"{where}.{name}", kind, text)


def found(text: str) -> list[tuple[str, bool]]:
    """The fields of all commands whose form takes a text, with whether it is refused all the same."""
    return [
        field
        for kind, command in COMMANDS.items()
        if command.__module__.startswith("canglian.")
        for name, annotation in get_type_hints(command, include_extras=True).items()
        if name in command.__struct_fields__
        for field in free_texts(f"{kind}.{name}", annotation, text)
    ]


FOUND = found(PERSONAL)


@pytest.mark.parametrize("text", [TURNED, NO_CHARACTER, COMMANDING])
def test_every_free_text_refuses_what_turns_its_direction_or_commands_or_is_no_character(text: str) -> None:
    fields = found(text)
    assert len(fields) > 100
    taken = sorted(where for where, refused in fields if not refused)
    assert [where for where in taken if not where.endswith(".mask") and UNCHECKED.get(where) in (None, CALLERS)] == []


def test_every_free_text_is_checked_or_says_why_not() -> None:
    assert len(FOUND) > 100
    assert sorted(where for where, checked in FOUND if not checked and unchecked_because(where) is None) == []


def test_no_reason_is_left_over() -> None:
    assert sorted(set(UNCHECKED) - {where for where, checked in FOUND if not checked}) == []


@pytest.mark.parametrize("where", [where for where, checked in FOUND if checked])
def test_what_is_checked_refuses_a_number_of_a_person(where: str) -> None:
    assert unchecked_because(where) is None
