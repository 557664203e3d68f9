"""Payment PINs: what may be one, how often one may be wrong, who sets it anew."""

import asyncio
from datetime import timedelta

import pytest

from canglian.bank.wallet.commands import AddWalletPolicy, AskPin, NotePin, ResetPin, SetPin
from canglian.bank.wallet.model import WalletPin
from canglian.bank.wallet.pins import checked, hashed, is_weak, matches, strong
from canglian.kernel.errors import Rejection
from tests.bank.party.people import identity
from tests.bank.wallet.purses import KEYRING, PIN_DIGEST, Purses

OTHER = PIN_DIGEST[:-4] + "b3Ro"


@pytest.mark.parametrize(
    "pin",
    [
        *("123456", "234567", "654321", "098765", "000000", "111111", "888888"),
        *("112112", "123123", "121212", "147147", "112233", "123321", "515151", "558855"),
    ],
)
def test_a_pin_that_anybody_guesses_is_weak(pin: str) -> None:
    assert is_weak(pin)


@pytest.mark.parametrize("pin", ["900307", "070390", "030790", "199003", "031990", "030703"])
def test_a_birthday_however_it_is_written_is_weak(pin: str) -> None:
    assert is_weak(pin, [identity(1, born="19900307")])
    assert not is_weak(pin, [identity(1, born="19841115")])


def test_the_end_of_a_mobile_or_a_wallet_number_is_weak() -> None:
    assert is_weak("805273", ["13900805273"])
    assert is_weak("139008", ["13900805273"])
    assert is_weak("419083", ["8806123456419083"])
    assert not is_weak("719064", ["13900805273", "8806123456419083", identity(1)])


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "12 345", "一二三四五六", "١٢٣٤٥٦"])
def test_a_pin_has_six_digits(pin: str) -> None:
    with pytest.raises(Rejection) as refused:
        checked(pin)
    assert refused.value.code == "wallet_pin.form"
    assert pin not in str(refused.value.fields) or not pin


def test_a_weak_pin_is_refused_without_being_told() -> None:
    with pytest.raises(Rejection) as refused:
        strong("123456")
    assert (refused.value.code, refused.value.fields) == ("wallet_pin.weak", {"field": "pin"})


async def test_a_hash_is_of_one_wallet_and_one_installation() -> None:
    stored = await hashed(KEYRING, "wal_a", "719064")
    assert stored.startswith("$argon2id$")
    assert "719064" not in stored
    assert await matches(KEYRING, "wal_a", stored, "719064")
    assert not await matches(KEYRING, "wal_a", stored, "719065")
    assert not await matches(KEYRING, "wal_b", stored, "719064")
    other = type(KEYRING)({"1": b"k" * 32}, b"j" * 32)
    assert not await matches(other, "wal_a", stored, "719064")
    assert not await matches(KEYRING, "wal_a", None, "719064")
    assert await hashed(KEYRING, "wal_a", "719064", "one") == await hashed(KEYRING, "wal_a", "719064", "one")
    assert await hashed(KEYRING, "wal_a", "719064", "one") != await hashed(KEYRING, "wal_a", "719064", "two")


async def test_the_fifth_wrong_pin_locks_it_for_a_day(branch: Purses) -> None:
    wallet = await branch.anonymous(1, 5_000)
    for left in (4, 3, 2, 1):
        asked = await branch.do(AskPin(wallet=wallet.id))
        assert (asked.left, asked.locked) == (left, False)
        await branch.do(NotePin(wallet=wallet.id, version=1, passed=False))
    asked = await branch.do(AskPin(wallet=wallet.id))
    until = branch.now + timedelta(days=1)
    assert (asked.left, asked.locked, asked.locked_until) == (0, True, until)
    await branch.do(NotePin(wallet=wallet.id, version=1, passed=False))
    assert branch.emitted()[-1] == ("wallet_pin.locked", {"wallet": wallet.id, "failures": 5})
    assert (await branch.refused(AskPin(wallet=wallet.id)))[0] == "wallet_pin.locked"
    payment = branch.paying(wallet, await branch.anonymous(2), 100)
    assert (await branch.refused(payment))[0] == "wallet_pin.locked"
    branch.later(days=1)
    asked = await branch.do(AskPin(wallet=wallet.id))
    assert (asked.left, asked.locked) == (4, False)


async def test_a_right_pin_sets_the_count_back_even_at_the_last_try(branch: Purses) -> None:
    wallet = await branch.anonymous(1, 5_000)
    for _ in range(5):
        await branch.do(AskPin(wallet=wallet.id))
    standing = await branch.do(NotePin(wallet=wallet.id, version=1, passed=True))
    assert (standing.left, standing.locked) == (5, False)
    await branch.send(wallet, await branch.anonymous(2), 100)


async def test_many_tries_at_once_are_no_more_than_five(branch: Purses) -> None:
    wallet = await branch.anonymous(1)
    outcomes = await asyncio.gather(*(branch.ask(AskPin(wallet=wallet.id)) for _ in range(40)))
    assert [outcome.error is None for outcome in outcomes].count(True) == 5


async def test_a_pin_is_changed_with_the_one_that_it_is(branch: Purses) -> None:
    wallet = await branch.anonymous(1)
    assert (await branch.refused(SetPin(wallet=wallet.id, pin_digest=OTHER)))[0] == "wallet_pin.set_already"
    changed = await branch.do(SetPin(wallet=wallet.id, pin_digest=OTHER, checked=1))
    assert changed.version == 2
    again = SetPin(wallet=wallet.id, pin_digest=PIN_DIGEST, checked=1)
    assert (await branch.refused(again))[0] == "wallet_pin.changed"
    stale = NotePin(wallet=wallet.id, version=1, passed=True)
    assert (await branch.refused(stale))[0] == "wallet_pin.changed"


async def test_an_operator_lets_a_locked_pin_be_set_anew(branch: Purses) -> None:
    wallet = await branch.anonymous(1, 5_000)
    for _ in range(5):
        await branch.do(AskPin(wallet=wallet.id))
    change = SetPin(wallet=wallet.id, pin_digest=OTHER, checked=1)
    assert (await branch.refused(change))[0] == "wallet_pin.locked"
    await branch.do(ResetPin(wallet=wallet.id, reason="本人持证到柜台"))
    assert (await branch.get(WalletPin, wallet.id)).digest is None
    assert (await branch.refused(AskPin(wallet=wallet.id)))[0] == "wallet_pin.not_set"
    await branch.do(SetPin(wallet=wallet.id, pin_digest=OTHER))
    stale = branch.paying(wallet, await branch.anonymous(2), 100)
    assert (await branch.refused(stale))[0] == "wallet_pin.changed"


async def test_the_tries_and_the_lock_are_figures_of_the_rules(branch: Purses) -> None:
    wallet = await branch.anonymous(1)
    await branch.do(
        AddWalletPolicy(
            effective_from=branch.store.states[1].today,
            number_prefix="8806",
            code_seconds=30,
            pay_code_max=50_000,
            pin_tries=2,
            pin_lock_minutes=0,
            devices_max=1,
            pockets_max=1,
            note="试点",
        )
    )
    await branch.do(AskPin(wallet=wallet.id))
    assert (await branch.do(AskPin(wallet=wallet.id))).locked_until is None
    branch.later(days=400)
    assert (await branch.refused(AskPin(wallet=wallet.id)))[0] == "wallet_pin.locked"


async def test_a_sub_wallet_pays_with_its_parents_pin_and_has_none_of_its_own(branch: Purses) -> None:
    parent = await branch.ecny(2, 5_000)
    sub = await branch.sub(parent)
    assert (await branch.refused(SetPin(wallet=sub.id, pin_digest=OTHER)))[0] == "wallet.not_parent"
    await branch.send(parent, sub, 1_000)
    asked = await branch.do(AskPin(wallet=sub.id))
    assert asked.wallet == parent.id
    await branch.send(sub, await branch.anonymous(2), 100)
