"""Phones of a town, as the tests of wallets have them."""

from tests.bank.wallet.mobile.conftest import configuration, phone, town
from tests.web.conftest import enter

__all__ = ["configuration", "enter", "phone", "town"]
