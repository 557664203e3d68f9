"""The HTTP API of the limits."""

from canglian.bank.limit.api.routes import ROUTERS

__all__ = ["ROUTERS"]
