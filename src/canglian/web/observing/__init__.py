"""Watching a book: its command log, the links of its audit chain, its events and what becomes of them."""
