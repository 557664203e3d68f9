"""Opening: at the counter, from afar, and what is refused."""

from datetime import date
from typing import Any

import pytest

from canglian.bank.deposit import (
    AccountState,
    BindingState,
    BoundAccount,
    Confirmation,
    DepositAccount,
    ProductClass,
)
from canglian.bank.deposit.commands import AllotNumbers, OpenDepositAccount
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party import Level, Risk
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    NoteIntentCheck,
    RateRisk,
    RegisterParty,
    VerifyFaceToFace,
)
from canglian.bank.party.eligibility import LACKS
from canglian.bank.party.model import Control, DocumentKind, IntentHow, IntentOutcome, PartyKind
from canglian.ledger.model import Account
from tests.bank.deposit.holders import KEYRING, Holders
from tests.bank.party.people import SEALER, credit


async def test_an_account_at_the_counter_belongs_to_somebody_who_was_seen(branch: Holders) -> None:
    party = await branch.seen()
    account = await branch.counter(party)
    assert (account.product, account.party, account.level) == ("deposit.class1", party.id, Level.FACE_TO_FACE)
    assert (account.state, account.opened_on, account.dormant_on) == (
        AccountState.ACTIVE,
        date(2026, 1, 5),
        date(2026, 7, 5),
    )
    ledger: Account = await branch.get(Account, account.account)
    assert (ledger.head, ledger.floor, ledger.owner) == ("2011", 0, account.id)
    unseen = await branch.person(2)
    number = await branch.number()
    ask = OpenDepositAccount(product="deposit.class2", number=number, channel="counter", party=unseen.id)
    code, fields = await branch.refused(ask)
    assert (code, fields["needed"]) == ("deposit_account.level_needed", "face_to_face")


async def test_an_opening_from_afar_binds_the_account_that_it_was_checked_against(branch: Holders) -> None:
    opening = await branch.opened_afar()
    account = await branch.afar(opening, bank="农村信用社")
    assert (account.level, account.opening, account.channel) == (Level.REMOTE, opening.id, "mobile")
    bound: BoundAccount = await branch.first_bound(account)
    assert (bound.state, bound.confirmation, bound.bank) == (BindingState.ACTIVE, Confirmation.SMS, "农村信用社")
    assert (bound.number_index, bound.number_sealed) == (opening.account_index, opening.account_sealed)


async def test_class_one_is_opened_at_the_counter_only(branch: Holders) -> None:
    opening = await branch.opened_afar()
    ask = OpenDepositAccount(
        product="deposit.class1",
        number=await branch.number(),
        channel="mobile",
        party=opening.party,
        opening=opening.id,
    )
    assert (await branch.refused(ask))[0] == "deposit_product.counter_only"


async def test_an_opening_of_another_or_none_opens_nothing(branch: Holders) -> None:
    mine, other = await branch.opened_afar(1), await branch.opened_afar(2, "6222020200998877665")
    number = await branch.number()
    for opening in (other.id, None):
        ask = OpenDepositAccount(
            product="deposit.class2", number=number, channel="mobile", party=mine.party, opening=opening
        )
        assert (await branch.refused(ask))[0] == "deposit_account.opening_needed"


@pytest.mark.parametrize(("product", "most"), [("deposit.class1", 1), ("deposit.class2", 5), ("deposit.class3", 5)])
async def test_a_person_has_so_many_accounts_of_a_class(branch: Holders, product: str, most: int) -> None:
    party = await branch.seen()
    for _ in range(most):
        await branch.counter(party, product)
    ask = OpenDepositAccount(product=product, number=await branch.number(), channel="counter", party=party.id)
    code, fields = await branch.refused(ask)
    assert (code, fields["held"], fields["most"]) == ("deposit_product.per_party", most, most)


async def test_classes_are_for_persons_and_corporate_accounts_for_organisations(branch: Holders) -> None:
    person, company = await branch.seen(), await branch.company()
    number = await branch.number()
    asked: list[tuple[str, Any]] = [
        ("deposit.corporate", person.id),
        ("deposit.class2", company.id),
        ("deposit.internal", person.id),
        ("deposit.class1", None),
    ]
    for product, party in asked:
        ask = OpenDepositAccount(product=product, number=number, channel="counter", party=party)
        assert (await branch.refused(ask))[0] == "deposit_product.account_kind", product


async def test_an_organisation_has_an_account_once_its_representative_confirmed_it(branch: Holders) -> None:
    owner, kind = await branch.seen(), PartyKind.COMPANY
    name, number = SEALER.name("晴川光伏科技有限公司", kind), SEALER.number(credit(1), kind)
    company = await branch.do(RegisterParty(party_kind=kind, name=name, number=number, representative=owner.id))

    async def refusal() -> tuple[str, dict[str, Any]]:
        number = await branch.number()
        ask = OpenDepositAccount(product="deposit.corporate", number=number, channel="counter", party=company.id)
        return await branch.refused(ask)

    code, fields = await refusal()
    assert code == "party.not_verified"
    assert set(fields["missing"]) == {*LACKS} - {"party.representative_missing"}
    licence = await branch.do(
        AddDocument(
            party=company.id,
            document_kind=DocumentKind.BUSINESS_LICENCE,
            number=SEALER.document(credit(1)),
            authority="新城县市场监督管理局",
            valid_from=date(2020, 1, 1),
        )
    )
    await branch.do(VerifyFaceToFace(party=company.id, document=licence.id, place="营业厅"))
    await branch.do(AddBeneficialOwner(company=company.id, owner=owner.id, control=Control.SHARES, share_bps=6_000))
    assert (await refusal())[0] == "party.intent_missing"
    check = NoteIntentCheck(
        company=company.id,
        spoke_with=owner.id,
        how=IntentHow.ON_SITE,
        held_at=branch.now,
        reference="intent-1",
        outcome=IntentOutcome.CONFIRMED,
    )
    await branch.do(check)
    account = await branch.counter(company, "deposit.corporate")
    assert (account.product_class, account.level) == (ProductClass.CORPORATE, Level.FACE_TO_FACE)


async def test_nothing_is_opened_for_whom_the_bank_does_not_serve(branch: Holders) -> None:
    party = await branch.seen()
    await branch.do(RateRisk(party=party.id, risk=Risk.PROHIBITED, reason="制裁"))
    ask = OpenDepositAccount(product="deposit.class1", number=await branch.number(), channel="counter", party=party.id)
    assert (await branch.refused(ask))[0] == "party.prohibited"


async def test_a_number_is_used_once_and_only_after_it_was_allotted(branch: Holders) -> None:
    party = await branch.seen()
    account = await branch.counter(party)
    again = OpenDepositAccount(
        product="deposit.class2",
        number=ACCOUNT_NUMBERS.allotted(KEYRING, "621999", account.ordinal),
        channel="counter",
        party=party.id,
    )
    assert (await branch.refused(again))[0] == "deposit_account.number_taken"
    number = ACCOUNT_NUMBERS.allotted(KEYRING, "621999", 3)
    early = OpenDepositAccount(product="deposit.class2", number=number, channel="counter", party=party.id)
    assert await branch.refused(early) == ("deposit_account.number_not_allotted", {"ordinal": 3})


async def test_many_numbers_are_allotted_at_once_and_none_twice(branch: Holders) -> None:
    row = await branch.do(AllotNumbers(count=100))
    after = await branch.do(AllotNumbers(count=2))
    assert (row.first, row.last, row.prefix) == (1, 100, "621999")
    assert (after.first, after.last) == (101, 102)


async def test_a_dry_run_opens_nothing_and_takes_no_number(branch: Holders) -> None:
    party = await branch.seen()
    before = branch.trace()
    row = (await branch.ask(AllotNumbers(), dry_run=True)).unwrap()
    ask = OpenDepositAccount(
        product="deposit.class1",
        number=ACCOUNT_NUMBERS.allotted(KEYRING, row.prefix, row.first),
        channel="counter",
        party=party.id,
    )
    tried = (await branch.ask(ask, dry_run=True)).unwrap()
    assert isinstance(tried, DepositAccount)
    assert branch.trace() == before
