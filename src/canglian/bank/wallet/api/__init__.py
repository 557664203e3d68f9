"""Wallets over HTTP: what is asked, what is answered, and the handlers that do more than translate."""
