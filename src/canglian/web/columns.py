"""Columns of tables on pages: what a field is called and how it looks."""

from collections.abc import Sequence

import msgspec

_ON_A_PHONE = {"state": 1, "money": 1, "when": 1, "day": 1, "account": 2, "text": 1, "code": 1, "word": 1, "facts": 1}
"""How many columns of a kind a phone shows beside the first, where none says itself that it is shown."""

_ON_A_PHONE_MAX = 5


class Column(msgspec.Struct, frozen=True):
    """A column: the row's field, its title (a message id) and how it looks.

    ``kind`` is text, code, number, money, when, until (the end of a time), day, state, account, words (a message id),
    word (a machine word of the ``family``), refusal, actor, subject or facts (see ``plain``); ``sort`` names the sort
    that a click on the head asks for; ``phone`` says whether a phone shows it, else the first columns of each kind are.
    """

    field: str
    title: str
    kind: str = "text"
    sort: str | None = None
    phone: bool | None = None
    family: str = ""


def fields_on_a_phone(columns: Sequence[Column]) -> set[str]:
    """The fields that a phone shows of each row."""
    chosen = {column.field for column in columns if column.phone}
    if chosen:
        return chosen | {columns[0].field}
    left = dict(_ON_A_PHONE)
    shown = [columns[0].field]
    for column in columns[1:]:
        if left.get(column.kind, 0) and column.phone is not False and len(shown) <= _ON_A_PHONE_MAX:
            left[column.kind] -= 1
            shown.append(column.field)
    return set(shown)
