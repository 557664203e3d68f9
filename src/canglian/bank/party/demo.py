"""A few dozen customers of the demo branch, all made up, with numbers whose checksums hold.

Filled once; every command has a key that names the person, and what is sealed under that key is sealed alike again.
"""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from canglian.bank.party.checks import credit_check, identity_check
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    AddListEntry,
    AddRole,
    CheckLiveness,
    ConfirmCode,
    GiveConsent,
    MatchElements,
    NoteIntentCheck,
    RegisterParty,
    SendCode,
    StartOpening,
    SubmitDocument,
    VerifyFaceToFace,
)
from canglian.bank.party.model import (
    Colour,
    Control,
    DocumentKind,
    IntentHow,
    IntentOutcome,
    ListedBy,
    PartyKind,
    RoleName,
)
from canglian.bank.party.sealing import Sealer
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.web.demo_names import COMPANIES, people
from canglian.web.services import Services

ACTOR = "system:demo"
PEOPLE = 32
ORGANISATIONS = 6
PHONES = {2: "13900139000", 18: "13900139001", 20: "13900139003", 24: "13900139002", 0: "13900139004", 4: "13900139005"}
"""Mobile numbers to sign in with, by the person's place."""

_AUTHORITY = "新城县公安局"
_SINCE = date(2019, 5, 1)
_LAST = "people:done"
_TODAY = date(2026, 1, 1)
_ASKED = datetime(2026, 1, 1, 2, tzinfo=UTC)
_ROLES = (RoleName.VILLAGER, RoleName.SHOPKEEPER, RoleName.PATIENT, RoleName.ROOFTOP_OWNER)


async def fill_people(services: Services, book: int) -> None:
    """Register the customers, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    persons = [await filling.person(n, name) for n, name in enumerate(people(PEOPLE))]
    for n, name in enumerate(COMPANIES[:ORGANISATIONS]):
        await filling.company(n, name, persons[n])
    await filling.ask(_LAST, AddRole(party=persons[0], role=RoleName.CUSTOMER))


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book
        self._chance = random.Random("新城支行的身份证号码")  # noqa: S311 - repeatable on purpose

    async def ask(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=ACTOR, key=key)

    def _sealer(self, key: str) -> Sealer:
        return Sealer(self._services.keyring, _TODAY, f"{ACTOR}/{key}")

    async def person(self, n: int, name: str) -> str:
        """A person; every second one is verified, every fourth from afar."""
        key, sealer = f"people:{n}", self._sealer(f"people:{n}")
        born = date(1950, 1, 1) + timedelta(days=self._chance.randrange(20_000))
        digits = f"110101{born:%Y%m%d}{n + 100:03d}"
        number, mobile = digits + identity_check(digits), f"139{self._chance.randrange(10**8):08d}"
        mobile = PHONES.get(n, mobile)
        command = RegisterParty(
            party_kind=PartyKind.PERSON,
            name=sealer.name(name, PartyKind.PERSON),
            number=sealer.number(number, PartyKind.PERSON),
            mobile=sealer.mobile(mobile),
            address=sealer.address(f"新城县望江路 {n + 1} 号"),
        )
        if n % 8 == 6:
            entry = AddListEntry(
                colour=Colour.BLACK if n == 14 else Colour.GREY,
                subject=sealer.subject(number, ListedBy.NUMBER),
                reason="涉案账户" if n == 14 else "交易待核实",
            )
            await self.ask(f"{key}:listed", entry)
        party = (await self.ask(key, command)).id
        await self.ask(f"{key}:role", AddRole(party=party, role=_ROLES[n % 4], within=f"village:{n % 3 + 1}"))
        if n % 4 == 0:
            await self._face_to_face(key, party, number)
        elif n % 4 == 2:
            await self._from_afar(key, party, number, done=n % 12 != 10)
        return party

    async def _face_to_face(self, key: str, party: str, number: str) -> None:
        paper = AddDocument(
            party=party,
            document_kind=DocumentKind.IDENTITY_CARD,
            number=self._sealer(key).document(number),
            authority=_AUTHORITY,
            valid_from=_SINCE,
        )
        document = await self.ask(f"{key}:document", paper)
        verified = VerifyFaceToFace(party=party, document=document.id, place="新城支行营业厅")
        await self.ask(f"{key}:verified", verified)
        consent = GiveConsent(
            party=party, scope="profile.basic", purpose="开立电子钱包", receiver="partner:qinghe-shopping"
        )
        await self.ask(f"{key}:consent", consent)

    async def _from_afar(self, key: str, party: str, number: str, *, done: bool) -> None:
        """An opening: up to its end, or as far as the document."""
        sealer, digest = self._sealer(key), "0" * 64
        opening = await self.ask(f"{key}:opening", StartOpening(party=party, channel="app"))
        if opening.state.is_over:
            return
        document = SubmitDocument(
            opening=opening.id,
            document_kind=DocumentKind.IDENTITY_CARD,
            number=sealer.document(number),
            authority=_AUTHORITY,
            valid_from=_SINCE,
            digest=digest,
        )
        account = sealer.account(f"6222021{self._chance.randrange(10**12):012d}")
        steps: list[Command[Any]] = [
            document,
            CheckLiveness(opening=opening.id, score_bps=9_120, reference=f"face-{key}", digest=digest),
            MatchElements(opening=opening.id, elements=5, matched=True, account=account, reference=f"elements-{key}"),
            SendCode(opening=opening.id, reference=f"sms-{key}"),
            ConfirmCode(opening=opening.id, matched=True, reference=f"sms-{key}"),
        ]
        for count, step in enumerate(steps if done else steps[:1]):
            await self.ask(f"{key}:step-{count}", step)

    async def company(self, n: int, name: str, owner: str) -> None:
        """A company with a beneficial owner; two of three lack nothing to have accounts."""
        key, sealer = f"companies:{n}", self._sealer(f"companies:{n}")
        characters = f"91440300MA{n + 1:07d}"
        code = characters + credit_check(characters)
        command = RegisterParty(
            party_kind=PartyKind.COMPANY,
            name=sealer.name(name, PartyKind.COMPANY),
            number=sealer.number(code, PartyKind.COMPANY),
            representative=owner,
        )
        company = (await self.ask(key, command)).id
        share = AddBeneficialOwner(company=company, owner=owner, control=Control.SHARES, share_bps=6_000)
        await self.ask(f"{key}:owner", share)
        if n % 3 == 2:
            return
        paper = AddDocument(
            party=company,
            document_kind=DocumentKind.BUSINESS_LICENCE,
            number=sealer.document(code),
            authority="新城县市场监督管理局",
            valid_from=_SINCE,
        )
        document = await self.ask(f"{key}:document", paper)
        await self.ask(f"{key}:verified", VerifyFaceToFace(party=company, document=document.id, place="新城支行营业厅"))
        check = NoteIntentCheck(
            company=company,
            spoke_with=owner,
            how=IntentHow.ON_SITE,
            held_at=_ASKED,
            reference=f"intent-{n + 1:04d}",
            outcome=IntentOutcome.CONFIRMED,
        )
        await self.ask(f"{key}:intent", check)
