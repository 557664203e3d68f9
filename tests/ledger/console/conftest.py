"""The ledger's pages are entered as every page of the console is."""

from tests.web.conftest import enter

__all__ = ["enter"]
