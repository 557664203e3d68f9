"""Phones of a town, as the tests of wallets have them."""

from tests.bank.wallet.mobile.conftest import configuration, phone, town

__all__ = ["configuration", "phone", "town"]
