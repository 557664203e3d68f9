"""The command line's and the set-up's own error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "cli.usage": "{problem}",
        "cli.book_missing": "There is no book yet.",
        "cli.book_ambiguous": "There are several books ({books}); say which one.",
        "cli.file_unreadable": "The file {path} cannot be read: {problem}.",
        "cli.account_unknown": "There is no account with number or reference {account}.",
        "cli.metadata_invalid": '"{text}" is not of the form name=value.',
        "cli.question_unanswered": "{question} This needs your word, and there is no terminal to ask on.",
        "cli.port_taken": "Something listens on {host}:{port} already.",
        "sandbox.not_started": "The sandboxes do not start; canglian sandbox says why.",
    }
)
