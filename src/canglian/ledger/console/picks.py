"""How forms ask for an account, by number, reference, name or owner; and for a transfer, by reference or number."""

from collections.abc import Sequence

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import AccountFilter, AccountName, AccountView, accounts, names
from canglian.ledger.queries.transfers import TransferFilter, TransferView, some, transfers
from canglian.web.additions import Pick, Picked, pick_code
from canglian.web.console.formats import money
from canglian.web.console.picking import FOUND_MAX
from canglian.web.services import Services
from canglian.web.words import LANGUAGES, translated


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    """The account of this number; else that of this reference, as on the command line; else all that fit."""
    if text.isdecimal() and len(text) < 19:
        numbered = await _named(services, book, [text])
        if numbered:
            return numbered
    for asked in (AccountFilter(reference=text), AccountFilter(search=text)):
        page = await accounts(services.reader, book, asked, Order(limit=FOUND_MAX))
        if page.items:
            return [_picked(account) for account in page.items]
    return []


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    numbers = [int(identity) for identity in identities if identity.isdecimal() and len(identity) < 19]
    called = await names(services.reader, book, set(numbers))
    return [_picked(called[number]) for number in numbers if number in called]


def _picked(account: AccountView | AccountName) -> Picked:
    return Picked(str(account.id), f"{account.id} {account.name or ''}".strip(), account.reference or "")


async def _find_transfer(services: Services, book: int, text: str) -> list[Picked]:
    """The transfers of this reference, newest first; else the one of this number."""
    asked, order = TransferFilter(reference=text), Order(limit=FOUND_MAX)
    found = list((await transfers(services.reader, book, asked, order)).items)
    return await _described(services, book, found) or await _named_transfers(services, book, [text.removeprefix("#")])


async def _named_transfers(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    numbers = {int(identity) for identity in identities if identity.isdecimal() and len(identity) < 19}
    return await _described(services, book, await some(services.reader, book, numbers))


async def _described(services: Services, book: int, found: Sequence[TransferView]) -> list[Picked]:
    scales = await chart.scales(services.reader, book)
    return [
        Picked(str(each.id), f"{money(each.amount, each.asset, scales)} · {each.date}", each.reference or f"#{each.id}")
        for each in found
    ]


async def _heads(services: Services, book: int) -> list[Picked]:
    return [Picked(head.code, head.code, "", head.name) for head in await chart.heads(services.reader, book)]


async def _find_head(services: Services, book: int, text: str) -> list[Picked]:
    """The head of this code; else those that begin so, or have the text in their name."""
    typed, heads = text.strip().lower(), await _heads(services, book)
    exact = [head for head in heads if head.id == typed]
    return exact or [
        head
        for head in heads
        if head.id.startswith(typed) or any(typed in translated(head.word, language).lower() for language in LANGUAGES)
    ]


async def _named_heads(services: Services, book: int, codes: Sequence[str]) -> list[Picked]:
    return [head for head in await _heads(services, book) if head.id in codes]


async def _assets(reader: Reader, book: int) -> list[str]:
    return [asset.code for asset in await chart.assets(reader, book)]


PICKS = (
    Pick("head", "A part of the name or code", _find_head, _named_heads, offered=_heads),
    pick_code("asset", "Code of the asset, such as CNY", _assets),
    Pick(
        "account",
        "Number, reference or name, or what is known of its holder",
        _find,
        _named,
        ("debit", "credit", "payout_account"),
    ),
    Pick("transfer", "Reference or number of the transfer", _find_transfer, _named_transfers),
)
