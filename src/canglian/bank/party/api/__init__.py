"""Parties over HTTP, one noun a file. Handlers translate: plain data is sealed, a command made, masks answered."""
