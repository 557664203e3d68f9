"""Statements of wallets on paper: whose they are, and the other side of each line as its holder may see it."""

from msgspec.structs import replace

from canglian.bank.deposit.statements.checking import on_holder
from canglian.bank.deposit.statements.gathering import Subject
from canglian.bank.party.model import Field
from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import opened
from canglian.bank.wallet.mobile import others
from canglian.bank.wallet.model import Wallet
from canglian.bank.wallet.model.wallets import NUMBER
from canglian.bank.wallet.queries import moves, wallets
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.ledger.queries.accounts import account
from canglian.ledger.queries.statements import Entry

_AT_ONCE = 1_000


async def masked(reader: Reader, book: int, wallet: Wallet) -> Subject:
    """A wallet by its masks."""
    return _subject(wallet, wallet.number_mask, await _mask(reader, book, wallet))


async def own(reader: Reader, keyring: Keyring, book: int, wallet: Wallet) -> Subject:
    """A wallet as its holder sees it: name and number whole."""
    holder: object = wallet.mobile_mask
    if wallet.party is not None:
        party = await parties.party(reader, book, wallet.party)
        holder = opened(keyring, party, [], [Field.NAME]).get(Field.NAME.value)
    subject = _subject(wallet, keyring.open(wallet.number_sealed, NUMBER), None if holder is None else str(holder))
    return replace(subject, is_own=True)


def _subject(wallet: Wallet, number: str, holder: str | None) -> Subject:
    return Subject(wallet.id, wallet.account, number, holder, wallet.product, wallet.asset, "product", counterparties)


async def _mask(reader: Reader, book: int, wallet: Wallet) -> str | None:
    names = await parties.names(reader, book, [wallet.party])
    return names.get(wallet.party or "", wallet.mobile_mask)


async def counterparties(reader: Reader, book: int, entries: list[Entry]) -> dict[int, str]:
    """Whom movements went to or came from: holders of wallets by a mask, others as rooms above name them."""
    found: dict[int, str] = {}
    for at in range(0, len(entries), _AT_ONCE):
        found |= await _named(reader, book, entries[at : at + _AT_ONCE])
    return found


async def _named(reader: Reader, book: int, entries: list[Entry]) -> dict[int, str]:
    moved = await moves.by_ledger(reader, book, [entry.transfer for entry in entries])
    sides = {
        entry.transfer: moved[entry.transfer].payee if entry.amount < 0 else moved[entry.transfer].payer
        for entry in entries
        if entry.transfer in moved
    }
    masks = await others.seen_by_a_payee(reader, book, sides.values())
    rest = [entry.transfer for entry in entries if entry.transfer not in moved]
    elsewhere = await others.lines_of(reader, book, rest)
    names = {transfer: masks[side] for transfer, side in sides.items() if side in masks}
    return names | {transfer: line.name for transfer, line in elsewhere.items()}


async def holder_of(reader: Reader, book: int, ledger_account: int) -> str | None:
    """Whose wallet an account of the ledger is, by a mask; None where it is none."""
    owner = (await account(reader, book, ledger_account)).owner
    try:
        return await _mask(reader, book, await wallets.wallet(reader, book, owner or ""))
    except NotFound:
        return None


on_holder(holder_of)
