"""Account numbers: the check digit of Luhn, and a row that meets itself nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party.numbering import check_digit, is_whole
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Rejection
from tests.bank.party.people import KEYRING

DIGITS = st.text("0123456789", min_size=18, max_size=18)


@pytest.mark.parametrize("number", ["79927398713", "4539578763621486", "49927398716", "0"])
def test_published_numbers_end_in_their_check_digit(number: str) -> None:
    assert check_digit(number[:-1]) == number[-1]


@given(DIGITS, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body: str, place: int, by: int) -> None:
    number = body + check_digit(body)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert is_whole(number)
    assert not is_whole(wrong)


@given(DIGITS, st.integers(0, 16))
def test_two_neighbours_changed_over_do_not_pass_but_for_nine_and_nought(body: str, place: int) -> None:
    number = body + check_digit(body)
    first, second = number[place], number[place + 1]
    changed = number[:place] + second + first + number[place + 2 :]
    assert is_whole(changed) is (first == second or {first, second} == {"0", "9"})


def test_a_row_of_numbers_has_none_twice_and_does_not_count_up() -> None:
    numbers = [ACCOUNT_NUMBERS.number_of(KEYRING, "621999", place) for place in range(1, 3001)]
    assert len(set(numbers)) == 3000
    assert all(len(number) == 19 and number.startswith("621999") and is_whole(number) for number in numbers)
    assert numbers != sorted(numbers)


def test_every_place_of_a_short_row_is_met_once() -> None:
    """A prefix of fifteen digits leaves three: the permutation of all of them."""
    numbers = {ACCOUNT_NUMBERS.number_of(KEYRING, "6" * 15, place) for place in range(1000)}
    assert len(numbers) == 1000


GOLDEN = Keyring({"1": b"k" * 32}, b"i" * 32)


def test_numbers_that_were_handed_out_stay_what_they_are() -> None:
    """The permutations of account numbers and of wallet numbers, as they have been since the first one."""
    places = (1, 2, 3, 1000, 10**8 + 7)
    assert [ACCOUNT_NUMBERS.number_of(GOLDEN, "621999", place) for place in places] == [
        "6219995359815523839",
        "6219993256427599524",
        "6219997486999417864",
        "6219992806929228435",
        "6219990978984927367",
    ]
    assert [WALLET_NUMBERS.number_of(GOLDEN, "8806", place) for place in places] == [
        "8806337308171656",
        "8806918961154467",
        "8806416195206914",
        "8806903048823821",
        "8806605059159710",
    ]
    account = ACCOUNT_NUMBERS.allotted(GOLDEN, "621999", 5, "r/1")
    wallet = WALLET_NUMBERS.allotted(GOLDEN, "8806", 5, "r/1")
    assert account.text.sealed == "sealed:1:WxDrb3GPj2sINsUgRi7GOHkEXszRb5Ol6MEdVvCTslJJc334g7jCbQHrBq_rBKE="
    assert wallet.text.sealed == "sealed:1:BdPNMLEZswnjQdd23frOt6PkSo9_J-048PelbVOuWDtChRNqtUoW9LF84sw="
    assert account.text.index == "40a82eab3c1ffbdb6e11974324790814"
    assert wallet.text.index == "75d75b652194df13cbb0713041157797"


def test_another_installation_has_other_numbers_at_the_same_places() -> None:
    other = Keyring({"1": b"k" * 32}, b"j" * 32)
    assert ACCOUNT_NUMBERS.number_of(KEYRING, "621999", 7) != ACCOUNT_NUMBERS.number_of(other, "621999", 7)


def test_a_number_travels_sealed_masked_and_indexed() -> None:
    number = ACCOUNT_NUMBERS.number_of(KEYRING, "621999", 7)
    allotted = ACCOUNT_NUMBERS.allotted(KEYRING, "621999", 7)
    assert number not in (allotted.text.sealed, allotted.text.mask, allotted.text.index)
    assert KEYRING.open(allotted.text.sealed, "deposit_account.number") == number
    assert allotted.text.mask == f"621999{'*' * 9}{number[-4:]}"
    spaced = " ".join(number[i : i + 4] for i in range(0, 19, 4))
    assert allotted.text.index == ACCOUNT_NUMBERS.index(KEYRING, ACCOUNT_NUMBERS.checked(spaced))


@pytest.mark.parametrize("text", ["621999", "x" * 19, "62199900000000000011", "６２"])
def test_what_is_no_number_of_nineteen_digits_is_refused_by_its_form(text: str) -> None:
    with pytest.raises(Rejection) as refused:
        ACCOUNT_NUMBERS.checked(text)
    assert refused.value.code == "deposit_account.number_form"


def test_a_wrong_check_digit_is_refused() -> None:
    number = ACCOUNT_NUMBERS.number_of(KEYRING, "621999", 7)
    with pytest.raises(Rejection) as refused:
        ACCOUNT_NUMBERS.checked(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert refused.value.code == "deposit_account.number_checksum"
