"""The use cases of book 0, one file a subject: books, users, sessions, keys, views of lists."""

from canglian.web.system.commands.books import OpenBookProfile
from canglian.web.system.commands.keys import CreateApiKey, RevokeApiKey
from canglian.web.system.commands.sessions import BeginSession, EndSession, EndSessions, RecordFailure, SeeSession
from canglian.web.system.commands.users import ChangeUser, CreateUser, SetPassword, SetSecondFactor, UnlockUser
from canglian.web.system.commands.views import ChangeView, ChooseColumns, RemoveView, SaveView

__all__ = [
    "BeginSession",
    "ChangeUser",
    "ChangeView",
    "ChooseColumns",
    "CreateApiKey",
    "CreateUser",
    "EndSession",
    "EndSessions",
    "OpenBookProfile",
    "RecordFailure",
    "RemoveView",
    "RevokeApiKey",
    "SaveView",
    "SeeSession",
    "SetPassword",
    "SetSecondFactor",
    "UnlockUser",
]
