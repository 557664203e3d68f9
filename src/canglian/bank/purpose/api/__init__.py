"""The HTTP API of money for a purpose."""
