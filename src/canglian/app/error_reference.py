"""The page ``docs/reference/errors.md``: every error code with its status and meaning.

It is made from the source itself: codes from the calls of ``declare``, their class from where they are raised. Run
``python -m canglian.app.error_reference > docs/reference/errors.md`` after a code was added; a test compares.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

STATUS = {
    "Malformed": "400",
    "Unauthenticated": "401",
    "Forbidden": "403",
    "NotFound": "404",
    "Conflict": "409",
    "Rejection": "422",
    "reject": "422",
    "Busy": "429",
    "Unavailable": "503",
    "CanglianError": "500",
    "_MethodNotAllowed": "405",
    "_TooLarge": "413",
    "UnsupportedMediaType": "415",
}
"""The HTTP status by the class that is raised, or the method that raises it."""

ROOMS = (
    ("Requests and lists", ("request", "list", "idempotency", "server")),
    ("Authentication and permissions", ("auth", "key", "rate", "login", "session", "password", "metrics")),
    ("Books, users and keys", ("book", "book_profile", "house_user", "api_key", "login_session")),
    ("Accounts", ("account", "asset", "head", "balance", "statement")),
    ("Transfers", ("transfer", "transfers", "history")),
    ("Holds", ("hold",)),
    (
        "People",
        (
            "party",
            "party_role",
            "party_document",
            "beneficial_owner",
            "owner_exemption",
            "intent_check",
            "consent",
            "list_entry",
            "remote_opening",
            "unmasking",
            "party_policy",
        ),
    ),
    ("A person's own pages", ("sign_in", "person_session", "person", "verifying")),
    (
        "Wallets",
        (
            "wallet",
            "wallet_pin",
            "onboarding",
            "wallet_code",
            "wallet_device",
            "wallet_pocket",
            "wallet_transfer",
            "wallet_product",
            "wallet_policy",
        ),
    ),
    ("Approval", ("approval", "proposal", "approval_policy", "approver_group", "delegation")),
    ("Limits", ("limit", "limit_rules", "limit_tally", "limit_override")),
    (
        "Deposit accounts",
        (
            "deposit_product",
            "deposit_policy",
            "deposit_account",
            "account_freeze",
            "deposit_interest",
            "interest_day",
            "bound_account",
            "deposit_statement",
            "statement_check",
            "document",
        ),
    ),
    ("The rail", ("rail_order", "rail_difference", "rail_line")),
    (
        "Credit",
        (
            "loan_product",
            "facility",
            "limit_hold",
            "credit_application",
            "loan",
            "loan_due",
            "loan_interest",
            "loan_day",
            "loan_transaction",
        ),
    ),
    ("Plans of loans", ("loan_plan",)),
    ("The card and QR channel", ("channel_order",)),
    ("External services", ("outside", "signature", "adapter", "sandbox")),
    ("The engine", ("engine", "database", "command", "batch", "event")),
)
"""The sections of the page, and the nouns of each. What fits nowhere stands under the command line."""

_HEAD = """# Error codes

Every error has a stable code. Over HTTP it comes as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457))
in `code`, with the figures of the sentence in `fields` and the number of the request in `request_id`:

```json
{
  "type": "/docs/errors/transfer.insufficient_funds",
  "title": "Unprocessable Entity",
  "status": 422,
  "detail": "Account 2 has 500 available; 700 is needed.",
  "code": "transfer.insufficient_funds",
  "fields": {"account": 2, "available": 500, "amount": 700},
  "errors": [],
  "request_id": "req_5f0c1e9a00000007"
}
```

`type` is the page of the code on the same server. `detail` is for people, and English unless `Accept-Language` asks for
Chinese; programs look at `code`. `errors` names every fault that has a place in the request: its JSON `pointer` in the
body, or the `parameter` of the query, with a `code` and `detail` of its own. A name that stands twice is refused.
A refusal changes nothing. With 429 and 503 `Retry-After` says after how many seconds to come back: repeat the request
with the same `Idempotency-Key`.
A `*.not_found` is 404 for what the path names, and 422 for what the body names.
"""
_TAIL = "Command line and set-up"


class Code:
    """One code: its template, and the statuses that it comes with."""

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self.template = template
        self.statuses: set[str] = set()

    @property
    def row(self) -> str:
        """Its line in a table."""
        status = " or ".join(sorted(self.statuses)) or "—"
        return f"| `{self.name}` | {status} | {self.template.replace('|', chr(92) + '|')} |"


def codes() -> dict[str, Code]:
    """Every declared code, by name."""
    trees = [ast.parse(text) for text in _sources(resources.files("canglian"))]
    found = {name: Code(name, template) for tree in trees for name, template in _declared(tree)}
    for tree in trees:
        for raised, name in _raised(tree):
            if name in found:
                found[name].statuses.add(STATUS[raised])
    reasons = {(raised, reason) for tree in trees for raised, reason in _raised_for_any(tree)}
    for code in found.values():
        if not code.statuses:
            code.statuses = {STATUS[raised] for raised, reason in reasons if code.name.endswith(f".{reason}")}
    for code in found.values():
        if code.name.endswith(".not_found") and code.name != "request.not_found":
            code.statuses = {"404", "422"}
        elif code.name.endswith(".exists"):
            code.statuses.add("422")
    return found


def page() -> str:
    """The whole page."""
    section_of = {noun: title for title, nouns in ROOMS for noun in nouns}
    sections: defaultdict[str, list[Code]] = defaultdict(list)
    for name, code in sorted(codes().items()):
        sections[section_of.get(name.partition(".")[0], _TAIL)].append(code)
    parts = [_HEAD]
    for title in (*(title for title, _ in ROOMS), _TAIL):
        rows = "\n".join(code.row for code in sections[title])
        parts.append(f"## {title}\n\n| code | status | says |\n| --- | --- | --- |\n{rows}\n")
    return "\n".join(parts)


def _sources(folder: Traversable) -> Iterator[str]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "node_modules":
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry.read_text(encoding="utf-8")


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", ""), node


def _declared(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for name, call in _calls(tree):
        if name == "declare" and call.args and isinstance(call.args[0], ast.Dict):
            yield from ast.literal_eval(call.args[0]).items()


def _raised(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for name, call in _calls(tree):
        first = call.args[0] if call.args else None
        if name in STATUS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield name, first.value


def _raised_for_any(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a shared mechanism raises for the noun that it works for: ``f"{noun}.reason"``."""
    for name, call in _calls(tree):
        match call.args[:1]:
            case [ast.JoinedStr([ast.FormattedValue(), ast.Constant(str(text))])] if name in STATUS and text[0] == ".":
                yield name, text[1:]
            case _:
                pass


if __name__ == "__main__":
    print(page(), end="")
