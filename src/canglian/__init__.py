"""Canglian (舱链): scenario finance for banks on one exact ledger."""

__version__ = "0.1.0"
