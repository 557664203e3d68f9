"""The system's pages: logging in, one's own security, users, keys and books."""

from canglian.web.system.console import access, keys, security, users, views

HANDLERS = (*access.handlers, *security.handlers, *users.handlers, *keys.handlers, *views.handlers)
"""Without a prefix; the composition root puts them below ``/console``."""
