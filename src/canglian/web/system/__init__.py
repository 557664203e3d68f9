"""The system: the installation's own books, users, API keys and sessions, all of them entities of book 0.

Owns the tables book_profile, house_user, api_key and login_session. Promises: they change by commands only, so who
let whom in is on the audit chain; no command, event or log line carries a password, a key or a token in plain; a
second-factor code works once; a login locks after too many wrong passwords.
"""

import canglian.web.system.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.web.system.model import ApiKey, BookProfile, LoginSession, User

__all__ = ["ApiKey", "BookProfile", "LoginSession", "User"]
