"""Lists of holders as people have them: lines of a wallet's number or id and an amount in yuan, pasted or as a file."""

import csv
from collections.abc import Mapping

from canglian.bank.purpose import queries
from canglian.bank.purpose.commands.grants import LINES_MAX, GrantLine
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel.amounts import minor
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.typed import typed_id, typed_number
from canglian.web.services import Services

_PARTS = 2


def _rows(text: str) -> list[tuple[int, str, str]]:
    """Number, wallet and amount of each line that is not empty; a line of headings before them is passed over."""
    rows: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(number, line)
        if not any(cells) or (not rows and not any(digit in "".join(cells) for digit in "0123456789")):
            continue
        if len(cells) < _PARTS or not all(cells[:_PARTS]) or any(cells[_PARTS:]):
            raise Malformed("purpose_list.line", line=number, field="lines")
        rows.append((number, cells[0], cells[1]))
    if len(rows) > LINES_MAX:
        raise Malformed("purpose_list.long", most=LINES_MAX, field="lines")
    return rows


def _cells(number: int, line: str) -> list[str]:
    """The cells of a line, with tabs between them as a spreadsheet copies them, else commas. No quotation mark holds
    lines together: one that is not closed refuses its line instead of hiding those below."""
    delimiter = "\t" if "\t" in line else ","
    try:
        cells = next(csv.reader([line.replace("，", ",")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise Malformed("purpose_list.line", line=number, field="lines") from None
    return [cell.strip() for cell in cells]


async def grant_lines(
    services: Services, book: int, text: str, asset: str, scales: Mapping[str, int]
) -> list[GrantLine]:
    """The lines of a list as grants. Malformed ``purpose_list.*`` with the line that is wrong."""
    rows = _rows(text)
    indexes = {
        number: WALLET_NUMBERS.index(services.keyring, typed_number(wallet))
        for number, wallet, _ in rows
        if not typed_id(wallet).startswith("wal_")
    }
    known = await queries.wallets_by_number(services.reader, book, indexes.values())
    lines: list[GrantLine] = []
    for number, wallet, amount in rows:
        identity = known.get(indexes[number]) if number in indexes else typed_id(wallet)
        if identity is None:
            raise Malformed("purpose_list.wallet", line=number, field="lines")
        lines.append(GrantLine(identity, _amount(number, amount, asset, scales)))
    return lines


def _amount(number: int, text: str, asset: str, scales: Mapping[str, int]) -> int:
    try:
        return minor(text, scales.get(asset, 2), asset)
    except CanglianError:
        raise Malformed("purpose_list.amount", line=number, field="lines") from None
