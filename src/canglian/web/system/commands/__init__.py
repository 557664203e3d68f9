"""The use cases of book 0, one file a subject: books, users, sessions, keys."""

from canglian.web.system.commands.books import OpenBookProfile
from canglian.web.system.commands.keys import CreateApiKey, RevokeApiKey
from canglian.web.system.commands.sessions import BeginSession, EndSession, EndSessions, RecordFailure, SeeSession
from canglian.web.system.commands.users import ChangeUser, CreateUser, SetPassword, SetSecondFactor, UnlockUser

__all__ = [
    "BeginSession",
    "ChangeUser",
    "CreateApiKey",
    "CreateUser",
    "EndSession",
    "EndSessions",
    "OpenBookProfile",
    "RecordFailure",
    "RevokeApiKey",
    "SeeSession",
    "SetPassword",
    "SetSecondFactor",
    "UnlockUser",
]
