"""The bank's building blocks on the ledger, from parties and limits to payments, credit and rewards.

One room a noun; the rooms are ordered, and a room imports only those below it. The order stands in
the import-linter contracts of ``pyproject.toml``.
"""
