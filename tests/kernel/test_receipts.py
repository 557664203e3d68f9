"""Receipt numbers: read out, typed in, found."""

import pytest

from canglian.kernel.receipts import receipt_bounds, receipt_number

IDENTITY = "pay_01m8mfq66khjt3mne18qgh9hqp"


def test_a_receipt_number_is_twelve_characters_in_three_groups() -> None:
    assert receipt_number(IDENTITY) == "1M8M-FQ6H-9HQP"


@pytest.mark.parametrize("typed", ["1M8M-FQ6H-9HQP", "1m8mfq6h9hqp", " IM8M FQ6H 9HQP ", "\uff11M8MFQ6H9HQP"])
def test_what_is_typed_of_it_bounds_the_id(typed: str) -> None:
    bounds = receipt_bounds("pay", typed)
    assert bounds is not None
    first, last, tail = bounds
    assert first <= IDENTITY <= last
    assert IDENTITY.endswith(tail)


@pytest.mark.parametrize("typed", ["", "1M8M", "1M8M-FQ6H-9HQPX", "欧阳晓燕欧阳晓燕欧阳晓燕", IDENTITY])
def test_other_texts_are_none(typed: str) -> None:
    assert receipt_bounds("pay", typed) is None


def test_an_id_of_another_form_stays_as_it_is() -> None:
    assert receipt_number("20547") == "20547"
