"""What an organisation has and lacks before it may have accounts."""

from datetime import date

from canglian.bank.party.eligibility import lacking
from canglian.bank.party.model import BeneficialOwner, IntentCheck, OwnerExemption, Party, PartyKind
from canglian.bank.party.queries import lists
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import some


async def checks_of(reader: Reader, book: int, company: str) -> list[IntentCheck]:
    """The checks of an organisation's intent, newest first."""
    return await some(reader, book, IntentCheck, "company", company)


async def exemptions_of(reader: Reader, book: int, company: str) -> list[OwnerExemption]:
    """The declarations that an organisation has no beneficial owner, newest first."""
    return await some(reader, book, OwnerExemption, "company", company)


async def lacking_of(reader: Reader, book: int, party: Party, today: date) -> list[str]:
    """The codes of what a party lacks to have accounts on a business date, as ``may_open`` would say."""
    if party.kind is PartyKind.PERSON:
        return lacking(party, None, (), (), (), await lists.policy_on(reader, book, today))
    found = [] if party.representative is None else await some(reader, book, Party, "id", party.representative)
    return lacking(
        party,
        found[0] if found else None,
        await some(reader, book, BeneficialOwner, "company", party.id),
        await exemptions_of(reader, book, party.id),
        await checks_of(reader, book, party.id),
        await lists.policy_on(reader, book, today),
    )
