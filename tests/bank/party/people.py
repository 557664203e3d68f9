"""People of the tests, all made up, with numbers whose checksums hold."""

from datetime import date
from typing import Any

from canglian.bank.party.checks import credit_check, identity_check
from canglian.bank.party.commands import AddDocument, RegisterParty
from canglian.bank.party.model import DocumentKind, ListedBy, Party, PartyKind, PartyRole
from canglian.bank.party.sealing import Sealer, Subject
from canglian.kernel.crypto import Keyring
from canglian.kernel.records import Event
from tests.ledger.branch import TODAY, Branch

KEYRING = Keyring({"1": b"k" * 32}, b"i" * 32)
SEALER = Sealer(KEYRING, TODAY, None)


def identity(serial: int, born: str = "19900307", region: str = "110101") -> str:
    """An identity number."""
    digits = f"{region}{born}{serial:03d}"
    return digits + identity_check(digits)


def credit(serial: int) -> str:
    """A unified credit code."""
    characters = f"91440300MA{serial:07d}"
    return characters + credit_check(characters)


def subject(number: str) -> Subject:
    """Somebody for a list."""
    return SEALER.subject(number, ListedBy.NUMBER)


class People(Branch):
    """A branch with people in it."""

    async def person(self, serial: int | None = 1, *, name: str = "欧阳晓燕", mobile: str | None = None) -> Party:
        number = None if serial is None else SEALER.number(identity(serial), PartyKind.PERSON)
        phone = None if mobile is None else SEALER.mobile(mobile)
        sealed = SEALER.name(name, PartyKind.PERSON)
        return await self.do(RegisterParty(party_kind=PartyKind.PERSON, name=sealed, number=number, mobile=phone))

    async def company(self, serial: int = 1, *, name: str = "晴川光伏科技有限公司") -> Party:
        kind = PartyKind.COMPANY
        return await self.do(
            RegisterParty(party_kind=kind, name=SEALER.name(name, kind), number=SEALER.number(credit(serial), kind))
        )

    async def paper(self, party: Party, serial: int = 1, **more: Any) -> Any:
        return await self.do(paper(party, serial, **more))

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        """All stored things of a kind with these fields, by id."""
        found = [
            row for row in self.store.rows[1][kind].values() if all(getattr(row, n) == v for n, v in fields.items())
        ]
        return sorted(found, key=kind.__id__)

    def emitted(self) -> list[tuple[str, dict[str, Any]]]:
        """The events so far."""
        return [(event.kind, event.payload) for event in self.store.rows[1][Event].values()]


def paper(party: Party, serial: int = 1, **more: Any) -> AddDocument:
    """An identity card."""
    fields: dict[str, Any] = {
        "document_kind": DocumentKind.IDENTITY_CARD,
        "number": SEALER.document(identity(serial)),
        "authority": "新城县公安局",
        "valid_from": date(2020, 1, 1),
        "valid_until": date(2040, 1, 1),
        **more,
    }
    return AddDocument(party=party.id, **fields)


__all__ = ["KEYRING", "SEALER", "PartyRole", "People", "credit", "identity", "paper", "subject"]
