"""Logging in to the console, as the tests of the web floor do."""

from tests.web.conftest import enter

__all__ = ["enter"]
