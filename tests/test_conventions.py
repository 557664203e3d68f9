"""The conventions of the house that no linter knows: see ARCHITECTURE.md."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "canglian"
MODULES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINES_MAX = 600
TEMPLATES = sorted(page for page in SOURCE.rglob("*.html") if "node_modules" not in page.parts)
TEMPLATE_LINE_MAX = 140

RETIRED = {"asking", "desk", "door", "house", "said", "tell", "teller", "told", "wake"}
"""Words that no name in the code uses: the tables of CONTRIBUTING.md have those that stand in their place."""

KEPT_NAMES = {
    "house_user": "the name of a table, which sealed data is bound to",
    "is_house": "a property of the engine's book",
}
"""Names with a retired word that stay, and why."""

_SQL = re.compile(r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\s", re.S)
_CLOCKS = {"now", "utcnow", "today", "time", "uuid4", "uuid1", "urandom", "token_bytes", "token_hex", "token_urlsafe"}
_CHANCE = {"random", "secrets", "uuid", "time"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _in_queries(path: Path) -> bool:
    return "kernel" in path.relative_to(SOURCE).parts or "queries" in path.parts or path.name == "queries.py"


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_a_module_is_one_thought_and_says_what_it_is_for(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES_MAX
    assert ast.get_docstring(ast.parse(text)), "a module begins with what it is for"


@pytest.mark.parametrize("module", [m for m in MODULES if "commands" in str(m)], ids=_name)
def test_a_use_case_reads_no_clock_and_no_chance_of_its_own(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
            assert not names & _CHANCE, f"line {node.lineno} imports {names & _CHANCE}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS:
            assert isinstance(node.func.value, ast.Name), node.lineno
            assert node.func.value.id == "book", f"line {node.lineno} asks {node.func.value.id}.{node.func.attr}"
        assert not isinstance(node, ast.Await | ast.AsyncFunctionDef), f"line {node.lineno} waits"


@pytest.mark.parametrize("module", [m for m in MODULES if not _in_queries(m)], ids=_name)
def test_sql_stands_in_the_kernel_and_in_queries_only(module: Path) -> None:
    if "bench" in module.relative_to(SOURCE).parts:
        return  # baselines are written in the terms of their own friends
    tree = ast.parse(module.read_text(encoding="utf-8"))
    found = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Constant) and _SQL.match(str(n.value))]
    assert not found


@pytest.mark.parametrize("module", [m for m in MODULES if _in_queries(m) and "kernel" not in str(m)], ids=_name)
def test_every_query_names_its_book(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("FROM ") == 0 or "book = $1" in text


def test_no_float_comes_near_money() -> None:
    rooms = [SOURCE / floor for floor in ("ledger", "bank", "scenario")]
    for module in (m for room in rooms for m in room.rglob("*.py")):
        calls = [n for n in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not [n.lineno for n in calls if getattr(n.func, "id", "") == "float"], _name(module)


def test_pages_fetch_nothing_from_elsewhere_and_carry_no_script() -> None:
    for page in SOURCE.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(src|href)=[\"']https?://", text), _name(page)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), _name(page)
        assert not re.search(r"\son[a-z]+=|\sstyle=", text), _name(page)


def test_secrets_are_compared_in_one_place() -> None:
    """What compares in constant time refuses texts that are not ASCII; ``same_secret`` takes any."""
    found = [_name(module) for module in MODULES if "compare_digest" in module.read_text(encoding="utf-8")]
    assert found == ["src/canglian/kernel/crypto.py"]
    secret = r"\w*(code_index|password|pin_digest|token|secret|signature)"
    plainly = re.compile(rf"\b{secret} [!=]= (?!\")|[!=]= ([a-z_]+\.)*{secret}\b")
    found = [
        (_name(module), line) for module in MODULES for line in plainly.findall(module.read_text(encoding="utf-8"))
    ]
    assert found == []


READ_HERE = {
    "app/cli/outline.py": "our own outline of the command line",
    "app/demo/worlds.py": "a line of our own program",
    "bank/approval/commands/carrying.py": "a stored payload, whose depth was bounded when it was filed",
    "bank/approval/service.py": "what was just written from a command",
    "bank/approval/views.py": "a stored payload, whose depth was bounded when it was filed",
    "bank/purpose/console/templates.py": "a stored payload, whose depth was bounded when it was filed",
    "bank/purpose/importing.py": "results of the command log",
    "bank/reward/mobile/flash.py": "results of the command log",
    "bank/wallet/onboarding/running.py": "results of the command log",
    "kernel/auditing/comparing.py": "the command log",
    "kernel/auditing/replay.py": "the command log",
    "kernel/known.py": "the command log",
    "kernel/outbox/secrets.py": "the command log",
    "kernel/postgres/connect.py": "what was stored",
    "ledger/api/transfers.py": "a body of one type, none of whose fields nests; what it does not know ends the reading",
    "web/console/pages.py": "our own assets",
    "web/observing/api.py": "the command log",
    "web/sandbox/journal.py": "what was written there",
    "web/sandbox/keys.py": "what was written there",
}


def test_json_of_others_is_read_in_one_place() -> None:
    """Deep nesting raises RecursionError, which is none of msgspec's errors; ``kernel.untrusted`` makes it one."""
    found = [
        module.relative_to(SOURCE).as_posix()
        for module in MODULES
        if re.search(r"\bjson\.(decode|Decoder|loads?)\b", module.read_text(encoding="utf-8"))
        and "bench" not in module.relative_to(SOURCE).parts
    ]
    assert sorted(found) == sorted([*READ_HERE, "kernel/untrusted.py"])


def test_every_folder_of_the_plan_is_there() -> None:
    plan = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    kernel = plan.split("### kernel")[1].split("### web")[0]
    for name in re.findall(r"`([a-z_/]+(?:\.py|/))`", kernel):
        assert (SOURCE / "kernel" / name).exists(), name
    for room in ("web", "ledger", "bank/party", "bank/approval", "bank/limit", "bank/deposit", "bank/wallet"):
        section = plan.split(f"### {room}\n")[1].split("\n##")[0]
        for name in re.findall(r"`([a-z_/]+(?:\.py|/))`", section):
            assert (SOURCE / room / name).exists(), name


def test_whoever_asks_the_engine_for_somebody_says_in_which_role() -> None:
    """The door of a book (``Book.admit``) holds only who comes with a role."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("submit", "execute"):
                given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                to_system = bool(node.args) and ast.unparse(node.args[0]) == "SYSTEM_BOOK"
                if given.get("actor", "").endswith("principal.actor") and not to_system:
                    assert "role" in given, f"{_name(module)}, line {node.lineno}"


@pytest.mark.parametrize("page", TEMPLATES, ids=_name)
def test_a_template_is_read_line_by_line(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    long = [n for n, line in enumerate(lines, 1) if len(line) > TEMPLATE_LINE_MAX]
    assert not long, "one element a line; a longer text goes on in the next line, as two strings"


@pytest.mark.parametrize("page", [page for page in TEMPLATES if "one-time-code" in page.read_text("utf-8")], ids=_name)
def test_codes_may_be_typed_with_spaces_and_in_full_width(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer("one-time-code", text):
        around = text[text.rindex("input(", 0, found.start()) : text.index("}}", found.end())]
        assert all(int(most) >= len("1 2 3 4 5 6 ") for most in re.findall(r'"maxlength": "(\d+)"', around))
        for form in re.findall(r'"pattern": "([^"]+)"', around):
            assert all(re.fullmatch(form, typed) for typed in ("123456", "123 456", "１２３４５６"))


_OF_ROOMS = re.compile(r"canglian\.(bank|scenario|insight)\.")
_LIST_OF_ROOMS = "app/rooms.py"


@pytest.mark.parametrize("module", [m for m in MODULES if m.relative_to(SOURCE).parts[0] == "app"], ids=_name)
def test_the_composition_root_names_rooms_in_one_place(module: Path) -> None:
    named = _OF_ROOMS.search(module.read_text(encoding="utf-8"))
    assert named is None or module.relative_to(SOURCE).as_posix() == _LIST_OF_ROOMS


@pytest.mark.parametrize("module", [m for m in MODULES if "sandbox" in m.parts and "bank" in m.parts], ids=_name)
def test_a_sandbox_knows_nothing_of_the_bank_but_the_wire(module: Path) -> None:
    assert not _OF_ROOMS.search(module.read_text(encoding="utf-8"))


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Name():
            return [node.id]
        case ast.Attribute():
            return [node.attr]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.arg() | ast.keyword():
            return [node.arg or ""]
        case ast.alias():
            return [node.asname or node.name]
        case _:
            return []


def _words(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_names_in_the_code_use_no_retired_word(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = {name for node in ast.walk(tree) for name in _names(node)} - KEPT_NAMES.keys()
    assert not [name for name in sorted(names) if _words(name) & RETIRED]


@pytest.mark.parametrize("module", [*MODULES, *TESTS], ids=_name)
def test_a_loop_variable_is_the_noun_of_what_it_loops_over(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension)]
    targets = [name for loop in loops for name in ast.walk(loop.target) if isinstance(name, ast.Name)]
    arguments = [a for node in ast.walk(tree) if isinstance(node, ast.Lambda) for a in node.args.args]
    assert not [name.lineno for name in targets if name.id == "one"]
    assert not [argument.lineno for argument in arguments if argument.arg == "one"]
