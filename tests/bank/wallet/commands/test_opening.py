"""Who may open which wallet, with what number; devices, pockets, raising and closing."""

import re

import pytest

from canglian.bank.deposit import DepositAccount
from canglian.bank.party import Level, Party
from canglian.bank.party.commands import AddListEntry
from canglian.bank.party.model import Colour
from canglian.bank.party.numbering import is_whole
from canglian.bank.wallet import Wallet, WalletKind, WalletProduct, WalletState
from canglian.bank.wallet.commands import (
    AddDevice,
    CloseWallet,
    LiftLoss,
    OpenPocket,
    OpenSubWallet,
    OpenWallet,
    RemoveDevice,
    ReportLoss,
    SetWalletProduct,
    TrustDevice,
    UpgradeFaceToFace,
    UpgradeWallet,
)
from canglian.bank.wallet.commands.pockets import ClosePocket
from canglian.bank.wallet.model import PocketKind, WalletDevice
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel.errors import Rejection
from canglian.ledger.commands import PostTransfer
from canglian.ledger.model import Account, AccountState, Asset
from tests.bank.party.people import identity, subject
from tests.bank.wallet.purses import KEYRING, SEALER, Purses

# -- numbers -----------------------------------------------------------------------------------------------------


def test_numbers_have_sixteen_digits_a_check_digit_and_no_order() -> None:
    numbers = [WALLET_NUMBERS.number_of(KEYRING, "8806", place) for place in range(1, 2_001)]
    assert len(set(numbers)) == 2_000
    assert all(len(number) == 16 and number.startswith("8806") and is_whole(number) for number in numbers)
    assert numbers != sorted(numbers)


@pytest.mark.parametrize(("text", "code"), [("8806", "form"), ("8806" + "0" * 12, "checksum"), ("x" * 16, "form")])
def test_a_number_that_is_none_is_refused(text: str, code: str) -> None:
    with pytest.raises(Rejection) as refused:
        WALLET_NUMBERS.checked(text)
    assert refused.value.code == f"wallet.number_{code}"


def test_a_number_is_read_as_people_write_it() -> None:
    number = WALLET_NUMBERS.number_of(KEYRING, "8806", 7)
    spaced = " ".join(number[n : n + 4] for n in range(0, 16, 4))
    assert WALLET_NUMBERS.checked(spaced) == number
    with pytest.raises(Rejection):
        WALLET_NUMBERS.checked(number[:-1] + str((int(number[-1]) + 1) % 10))


async def test_a_number_is_used_once_and_only_when_it_was_allotted(branch: Purses) -> None:
    wallet = await branch.anonymous(1)
    number = (await branch.opening("wallet.ecny4", mobile=SEALER.mobile("13900130002"))).number
    assert re.fullmatch(r"8806[0-9]{2}\*{6}[0-9]{4}", wallet.number_mask)
    await branch.do(
        OpenWallet(product="wallet.ecny4", number=number, channel="api", mobile=SEALER.mobile("13900130002"))
    )
    again = OpenWallet(product="wallet.ecny4", number=number, channel="api", mobile=SEALER.mobile("13900130003"))
    assert (await branch.refused(again))[0] == "wallet.number_taken"
    far = type(number)(number.ordinal + 2, number.text)
    asked = OpenWallet(product="wallet.ecny4", number=far, channel="api", mobile=SEALER.mobile("13900130003"))
    assert (await branch.refused(asked))[0] == "wallet.number_not_allotted"


# -- tiers -------------------------------------------------------------------------------------------------------


async def test_every_tier_asks_for_what_it_has_to(branch: Purses) -> None:
    seen = await branch.seen(1)
    afar = await branch.opened_afar(2)
    with_paper = await branch.person(3)
    await branch.paper(with_paper, 3)
    nobody = await branch.person(4)
    account, second = await branch.counter(seen, "deposit.class2"), await branch.afar(afar)

    async def code(product: str, **fields: object) -> str:
        return (await branch.refused(await branch.opening(product, **fields)))[0]

    assert await code("wallet.ecny1", party=afar.party, deposit=second.id) == "wallet_product.level_needed"
    assert await code("wallet.ecny1", party=seen.id) == "wallet_product.account_needed"
    assert await code("wallet.ecny1", party=seen.id, deposit=second.id) == "wallet.deposit_foreign"
    assert await code("wallet.ecny2", party=with_paper.id) == "wallet_product.level_needed"
    assert await code("wallet.ecny3", party=nobody.id) == "wallet_product.document_needed"
    assert await code("wallet.ecny3", mobile=SEALER.mobile("13900130001")) == "wallet_product.party_needed"
    assert await code("wallet.ecny4") == "wallet.holder_missing"
    assert await code("wallet.ecny_corporate", party=seen.id, deposit=account.id) == "wallet_product.party_kind"
    for product, fields in (
        ("wallet.ecny1", {"party": seen.id, "deposit": account.id}),
        ("wallet.ecny2", {"party": afar.party, "deposit": second.id}),
        ("wallet.ecny3", {"party": with_paper.id}),
        ("wallet.ecny4", {"party": nobody.id}),
        ("wallet.ecny4", {"mobile": SEALER.mobile("13900130001")}),
    ):
        wallet = await branch.do(await branch.opening(product, **fields))
        assert (wallet.kind, wallet.product, wallet.tier) == (WalletKind.ECNY, product, int(product[-1]))
        assert (wallet.asset, wallet.state) == ("ECNY", WalletState.ACTIVE)


async def test_one_anonymous_wallet_a_mobile(branch: Purses) -> None:
    first = await branch.anonymous(1)
    again = await branch.opening("wallet.ecny4", mobile=SEALER.mobile("13900130001"))
    assert await branch.refused(again) == ("wallet.mobile_taken", {"other": first.id, "field": "mobile"})


async def test_an_ewallet_stands_on_a_class_two_account_alone(branch: Purses) -> None:
    wallet = await branch.ewallet(1)
    account: DepositAccount = await branch.get_deposit(wallet)
    assert (wallet.account, wallet.asset, wallet.product) == (account.account, "CNY", "wallet.ewallet")
    again = await branch.opening("wallet.ewallet", party=wallet.party, deposit=account.id)
    assert (await branch.refused(again))[0] == "wallet.deposit_taken"
    first = await branch.counter(await branch.get(Party, wallet.party), "deposit.class1")
    on_class1 = await branch.opening("wallet.ewallet", party=wallet.party, deposit=first.id)
    assert (await branch.refused(on_class1))[0] == "wallet.deposit_class"
    stranger = await branch.seen(2)
    foreign = await branch.opening("wallet.ewallet", party=stranger.id, deposit=account.id)
    assert (await branch.refused(foreign))[0] == "wallet.deposit_foreign"
    without = await branch.opening("wallet.ewallet", party=stranger.id)
    assert (await branch.refused(without))[0] == "wallet_product.account_needed"


async def test_whoever_is_on_the_black_list_opens_none(branch: Purses) -> None:
    await branch.do(AddListEntry(colour=Colour.BLACK, subject=subject(identity(1)), reason="涉诈"))
    party = await branch.person(1)
    asked = await branch.opening("wallet.ecny4", party=party.id)
    assert (await branch.refused(asked))[0] == "party.prohibited"


async def test_the_figures_of_a_product_are_versions_from_a_day_on(branch: Purses) -> None:
    await branch.anonymous(1)
    figures = {
        "code": "wallet.ecny4",
        "name": "四类钱包",
        "level": Level.NONE,
        "document": False,
        "account": False,
        "anonymous": True,
        "rate_ppm": 0,
        "day_count": 360,
        "sub_wallets_max": 0,
        "note": "停办",
    }
    today = branch.store.states[1].today
    tomorrow = today.fromordinal(today.toordinal() + 1)
    ended = await branch.do(SetWalletProduct(**figures, active=False, effective_from=tomorrow))
    assert ended.version == 2
    await branch.anonymous(2)
    await branch.day()
    asked = await branch.opening("wallet.ecny4", mobile=SEALER.mobile("13900130003"))
    assert (await branch.refused(asked))[0] == "wallet_product.ended"
    late = SetWalletProduct(**figures, effective_from=today)
    assert (await branch.refused(late))[0] == "wallet_product.effective_past"
    assert len(await branch.rows(WalletProduct, code="wallet.ecny4")) == 2


# -- raising -----------------------------------------------------------------------------------------------------


async def test_an_anonymous_wallet_is_raised_by_whoever_has_its_mobile(branch: Purses) -> None:
    wallet = await branch.anonymous(1, 900)
    other = await branch.person(2, mobile="13900139999")
    await branch.paper(other, 2)
    holder = await branch.person(1, mobile="13900130001")
    asked = UpgradeWallet(wallet=wallet.id, product="wallet.ecny3", party=holder.id)
    assert (await branch.refused(asked))[0] == "wallet_product.document_needed"
    await branch.paper(holder, 1)
    unlike = UpgradeWallet(wallet=wallet.id, product="wallet.ecny3", party=other.id)
    assert (await branch.refused(unlike))[0] == "wallet.mobile_unlike"
    nobody = UpgradeWallet(wallet=wallet.id, product="wallet.ecny3")
    assert (await branch.refused(nobody))[0] == "wallet_product.party_needed"
    raised = await branch.do(asked)
    assert (raised.tier, raised.party, raised.mobile_index) == (3, holder.id, None)
    assert await branch.has(raised) == 900
    assert (await branch.refused(asked))[0] == "wallet.tier_not_higher"
    down = UpgradeWallet(wallet=wallet.id, product="wallet.ecny4")
    assert (await branch.refused(down))[0] == "wallet.tier_not_higher"


async def test_face_to_face_raises_the_holder_the_wallet_and_its_sub_wallets(branch: Purses) -> None:
    opening = await branch.opened_afar(1)
    account = await branch.afar(opening)
    wallet = await branch.do(await branch.opening("wallet.ecny2", party=opening.party, deposit=account.id))
    sub = await branch.sub(wallet)
    papers = [
        document
        for table in branch.store.rows[1].values()
        for document in table.values()
        if type(document).__name__ == "PartyDocument"
    ]
    asked = UpgradeFaceToFace(wallet=wallet.id, document=papers[0].id, place="新城支行")
    raised = await branch.do(asked)
    assert (raised.tier, raised.product, raised.level) == (1, "wallet.ecny1", Level.FACE_TO_FACE)
    assert (await branch.get(Party, opening.party)).level is Level.FACE_TO_FACE
    below: Wallet = await branch.seen_again(sub)
    assert (below.tier, below.level) == (1, Level.FACE_TO_FACE)
    assert (await branch.refused(asked))[0] == "wallet.upgraded_already"


async def test_an_ewallet_takes_money_of_others_once_its_holder_was_seen(branch: Purses) -> None:
    opening = await branch.opened_afar(1)
    account = await branch.afar(opening)
    wallet = await branch.do(await branch.opening("wallet.ewallet", party=opening.party, deposit=account.id))
    payer = await branch.ewallet(2, 5_000)
    at_counter = branch.paying(payer, wallet, 100, channel="counter", pin=None)
    assert (await branch.refused(at_counter))[0] == "deposit_account.unbound_in"
    paper = await branch.paper(await branch.get(Party, opening.party), 1)
    raised = await branch.do(UpgradeFaceToFace(wallet=wallet.id, document=paper.id, place="新城支行"))
    assert (raised.level, (await branch.get_deposit(wallet)).level) == (Level.FACE_TO_FACE, Level.FACE_TO_FACE)
    await branch.send(payer, raised, 100)


# -- devices and loss --------------------------------------------------------------------------------------------


async def test_devices_are_added_trusted_and_removed(branch: Purses) -> None:
    wallet, other = await branch.anonymous(1), await branch.anonymous(2)
    asked = AddDevice(wallet=wallet.id, fingerprint="a" * 32, name="手机", platform="android")
    device = await branch.do(asked)
    assert (await branch.refused(asked))[0] == "wallet_device.added_already"
    foreign = TrustDevice(wallet=other.id, device=device.id)
    assert (await branch.refused(foreign))[0] == "wallet_device.foreign"
    trusted = await branch.do(TrustDevice(wallet=wallet.id, device=device.id))
    assert trusted.trusted_at == branch.now
    again = TrustDevice(wallet=wallet.id, device=device.id)
    assert (await branch.refused(again))[0] == "wallet_device.trusted_already"
    await branch.do(RemoveDevice(wallet=wallet.id, device=device.id))
    assert (await branch.refused(again))[0] == "wallet_device.removed"
    for place in range(5):
        await branch.do(AddDevice(wallet=wallet.id, fingerprint=f"{place}" * 32, name="x", platform="web"))
    code, fields = await branch.refused(AddDevice(wallet=wallet.id, fingerprint="f" * 32, name="x", platform="web"))
    assert (code, fields["most"]) == ("wallet_device.too_many", 5)


async def test_a_loss_takes_trust_from_devices_and_is_lifted_with_a_document(branch: Purses) -> None:
    wallet = await branch.ecny(2)
    device = await branch.do(AddDevice(wallet=wallet.id, fingerprint="a" * 32, name="手机", platform="ios"))
    await branch.do(TrustDevice(wallet=wallet.id, device=device.id))
    await branch.do(ReportLoss(wallet=wallet.id, reason="手机丢失"))
    assert (await branch.get(WalletDevice, device.id)).trusted_at is None
    assert (await branch.refused(ReportLoss(wallet=wallet.id, reason="x")))[0] == "wallet.state_same"
    without = LiftLoss(wallet=wallet.id, reason="找回")
    assert (await branch.refused(without))[0] == "wallet_product.document_needed"
    stranger = await branch.seen(2)
    paper = await branch.paper(stranger, 2)
    foreign = LiftLoss(wallet=wallet.id, reason="找回", document=paper.id)
    assert (await branch.refused(foreign))[0] == "wallet_product.document_needed"
    mine = await branch.paper(await branch.get(Party, wallet.party), 1)
    lifted = await branch.do(LiftLoss(wallet=wallet.id, reason="找回", document=mine.id))
    assert lifted.state is WalletState.ACTIVE
    assert (await branch.refused(LiftLoss(wallet=wallet.id, reason="x", document=mine.id)))[0] == "wallet.not_lost"


# -- pockets -----------------------------------------------------------------------------------------------------


async def test_points_and_benefits_have_pockets_of_their_own(branch: Purses) -> None:
    branch.change(Asset("PTS:xincheng", "新城积分", 0))
    wallet, other = await branch.anonymous(1, 5_000), await branch.anonymous(2)
    points = OpenPocket(wallet=wallet.id, pocket_kind=PocketKind.POINTS, name="文明积分", asset="PTS:xincheng")
    pocket = await branch.do(points)
    assert (await branch.refused(points))[0] == "wallet_pocket.open_already"
    benefit = OpenPocket(
        wallet=wallet.id, pocket_kind=PocketKind.BENEFIT, name="助农权益", asset="ECNY", purpose="benefit:village7"
    )
    bound = await branch.do(benefit)
    for kind, asset, purpose in (
        (PocketKind.POINTS, "ECNY", None),
        (PocketKind.POINTS, "PTS:xincheng", "benefit:x"),
        (PocketKind.BENEFIT, "ECNY", None),
        (PocketKind.BENEFIT, "CNY", "benefit:x"),
    ):
        wrong = OpenPocket(wallet=wallet.id, pocket_kind=kind, name="x", asset=asset, purpose=purpose)
        assert (await branch.refused(wrong))[0] == "wallet_pocket.asset_unlike"
    spent = PostTransfer(debit=bound.account, credit=wallet.account, amount=1, code="x")
    assert (await branch.refused(spent))[0] == "transfer.purpose_mismatch"
    mixed = PostTransfer(debit=wallet.account, credit=pocket.account, amount=1, code="x")
    assert (await branch.refused(mixed))[0] == "transfer.asset_mismatch"
    giver = await branch.account(asset="PTS:xincheng", head="2241", floor=None)
    await branch.pay(giver, pocket.account, 30)
    close = ClosePocket(wallet=wallet.id, pocket=pocket.id)
    assert (await branch.refused(close))[0] == "wallet_pocket.not_empty"
    foreign = ClosePocket(wallet=other.id, pocket=pocket.id)
    assert (await branch.refused(foreign))[0] == "wallet_pocket.foreign"
    await branch.pay(pocket.account, giver, 30)
    await branch.do(close)
    assert (await branch.refused(close))[0] == "wallet_pocket.closed"
    code, _ = await branch.refused(CloseWallet(wallet=wallet.id, channel="counter", reason="x"))
    assert code == "wallet.has_pockets"


# -- closing -----------------------------------------------------------------------------------------------------


async def test_what_a_closed_wallet_had_goes_to_its_holders_account(branch: Purses) -> None:
    wallet = await branch.ecny(2, 7_000)
    sub = await branch.sub(wallet)
    await branch.send(wallet, sub, 1_000)
    asked = CloseWallet(wallet=wallet.id, channel="mobile", reason="不用了", pin=1)
    assert (await branch.refused(asked))[0] == "wallet.has_sub_wallets"
    await branch.do(CloseWallet(wallet=sub.id, channel="mobile", reason="不用了", pin=1))
    assert (await branch.has(wallet), (await branch.seen_again(wallet)).sub_wallets) == (7_000, 0)
    without = CloseWallet(wallet=wallet.id, channel="mobile", reason="不用了")
    assert (await branch.refused(without))[0] == "wallet_pin.needed"
    closed = await branch.do(asked)
    assert (closed.state, closed.closed_on) == (WalletState.CLOSED, branch.store.states[1].today)
    assert await branch.money(await branch.get_deposit(wallet)) == 7_000
    assert (await branch.get(Account, wallet.account)).state is AccountState.CLOSED
    for again in (
        asked,
        branch.paying(wallet, sub, 1),
        OpenSubWallet(parent=wallet.id, number=await branch.wallet_number(), channel="mobile", name="x"),
    ):
        assert (await branch.refused(again))[0] == "wallet.closed"


async def test_a_wallet_without_an_account_is_closed_when_it_is_empty(branch: Purses) -> None:
    wallet, other = await branch.anonymous(1, 300), await branch.anonymous(2)
    asked = CloseWallet(wallet=wallet.id, channel="counter", reason="x")
    assert (await branch.refused(asked))[0] == "wallet.not_empty"
    await branch.send(wallet, other, 300)
    await branch.do(asked)
    again = await branch.opening("wallet.ecny4", mobile=SEALER.mobile("13900130001"))
    await branch.do(again)


async def test_closing_an_ewallet_leaves_its_deposit_account(branch: Purses) -> None:
    wallet = await branch.ewallet(1, 5_000)
    await branch.do(CloseWallet(wallet=wallet.id, channel="counter", reason="x"))
    assert await branch.money(await branch.get_deposit(wallet)) == 5_000
    assert (await branch.get(Account, wallet.account)).state is AccountState.OPEN
