"""Every text that a person may read, gathered from the source: templates, lists, errors, chart of accounts.

``python -m tests.words`` prints what the Chinese catalogue lacks (``en``: the English one), and ``python -m tests.words
add`` puts it into both catalogues, with nothing as its translation, and takes out what nobody asks for any more.
"""

import ast
import re
import sys
from datetime import UTC, date, datetime
from enum import Enum
from importlib import import_module
from pathlib import Path

from babel.messages.pofile import read_po

import canglian.app.server  # noqa: F401  # pyright: ignore[reportUnusedImport] - every room declares its words
from canglian.bank.approval import ProposalState
from canglian.bank.approval.demo import POLICY_NAME, REVERSAL_NAME
from canglian.bank.chain import words as chain_words
from canglian.bank.credit import words as credit_words
from canglian.bank.credit.demo import NAMES as LOAN_NAMES
from canglian.bank.decision import words as decision_words
from canglian.bank.decision.seeds import NAME as RULES_NAME
from canglian.bank.deposit import ProductClass
from canglian.bank.deposit import model as deposit
from canglian.bank.deposit import words as deposit_words
from canglian.bank.deposit.rules import first_products as first_deposits
from canglian.bank.limit import Counterparty, Direction, Holder, Measure
from canglian.bank.limit.model import OverrideState
from canglian.bank.limit.rules import first_rules
from canglian.bank.partner import words as partner_words
from canglian.bank.party.eligibility import LACKS
from canglian.bank.party.mobile.verifying import RECEIVER, SCOPE
from canglian.bank.party.model import (
    Colour,
    Control,
    DocumentKind,
    Field,
    IntentHow,
    IntentOutcome,
    Level,
    ListedBy,
    OpeningState,
    PartyKind,
    PartyState,
    Risk,
    RoleName,
)
from canglian.bank.payment import (
    ChannelKind,
    ChannelMethod,
    ChannelState,
    MerchantRisk,
    MerchantState,
    OrderState,
    PaymentState,
    ShareState,
    StaffRole,
    StoreState,
)
from canglian.bank.payment import words as payment_words
from canglian.bank.payment.accounts import TAX_HEAD
from canglian.bank.payment.rules import first_schedules
from canglian.bank.purpose import ContractState, GrantState, MovementKind
from canglian.bank.purpose import words as purpose_words
from canglian.bank.purpose.console.rule_form import CASE_FIELDS, MORE_CASE_FIELDS
from canglian.bank.purpose.model import TemplateKind
from canglian.bank.purpose.rules import OnExpiry, ReleaseRule
from canglian.bank.purpose.seeds import SEEDED
from canglian.bank.purpose.simulating import Do
from canglian.bank.purpose.tracing import Dimension, Where
from canglian.bank.reward import words as reward_words
from canglian.bank.settlement import words as settlement_words
from canglian.bank.settlement.closing.model import EodState, StepState
from canglian.bank.settlement.closing.steps import STEPS
from canglian.bank.settlement.commands import DayKind
from canglian.bank.settlement.gazetted import NAMES as HOLIDAYS
from canglian.bank.settlement.settling.model import SettlementState
from canglian.bank.wallet import words as wallet_words
from canglian.bank.wallet.console.lists import CODES as WALLET_PRODUCTS
from canglian.bank.wallet.mobile.lines import MOVEMENTS
from canglian.bank.wallet.model import MoveKind, PocketKind, WalletState
from canglian.bank.wallet.rules import first_products
from canglian.kernel.command import COMMANDS
from canglian.kernel.errors import CODES
from canglian.kernel.outbox import DeadLetter, DeadLetterState, Receiver, ReceiverState
from canglian.ledger.chart import ASSETS, HEADS
from canglian.ledger.model import Account, AccountState, HeadClass, Hold, HoldState, Side, Transfer
from canglian.ledger.words import CODES as CODES_SAID
from canglian.ledger.words import PURPOSES
from canglian.scenario.shopping import words as shopping_words
from canglian.web.explaining import TYPES
from canglian.web.outside import SERVICES
from canglian.web.principal import Permission, Role
from canglian.web.problem import TITLES
from canglian.web.room import Workspace
from canglian.web.system.model import ApiKey, BookProfile, LoginSession, User
from canglian.web.words import FOLDERS, LANGUAGES, catalogue

SOURCE = Path(__file__).parents[1] / "src" / "canglian"
_IN_TEMPLATE = re.compile(r"""\b_\(\s*((?:"[^"]+"\s*|'[^']+'\s*)+)\)""")
_PART = re.compile(r""""([^"]+)"|'([^']+)'""")
_TITLED = {
    "NavItem": (1, 2),
    "ListSpec": (1, 2),
    "Column": (1,),
    "Filter": (1,),
    "Choice": (1,),
    "Excerpt": (0,),
    "found_by_id": (1,),
    "Waiting": (0,),
    "PageLink": (0,),
    "Remedy": (0,),
    "DayFigure": (0, 1),
    "Picker": (2, 3),
    "Pick": (1,),
    "pick_code": (1,),
    "Holding": (0,),
    "Belonging": (0,),
    "Approvable": (1,),
    "Fact": (0,),
    "OtherLine": (2,),
    "Offer": (0,),
    "ShopFacts": (0,),
    "offer": (1,),
    "say_plainly": (1,),
    "_party": (1,),
    "_account": (1,),
    "_figure": (0,),
}
_KEYWORDS = {
    "ListSpec": ("empty",),
    "Field": ("label", "help"),
    "Versions": ("title", "purpose"),
    "Form": ("title", "submit", "confirm", "note"),
    "Input": ("label", "help", "choices"),
    "Why": ("link",),
}
_FLOORS = (
    "kernel",
    "ledger",
    "house",
    "outbox",
    "approval",
    "party",
    "decision",
    "limit",
    "deposit",
    "wallet",
    "purpose",
    "payment",
    "chain",
    "calendar",
    "settlement",
    "credit",
    "reward",
    "shopping",
)
_KEPT = (Transfer, Account, Hold, Receiver, DeadLetter, User, ApiKey, LoginSession, BookProfile)
_STATES = ("booked", "reversed", "applied", "rejected", "failed", "disabled", "locked", "revoked", "expired")
_PARTY = {
    "state": (Colour, IntentOutcome, Level, OpeningState, PartyState, Risk),
    "party_kind": (PartyKind,),
    "party_role": (RoleName,),
    "document": (DocumentKind,),
    "control": (Control,),
    "how": (IntentHow,),
    "field": (Field,),
    "search": (ListedBy,),
}
_LIMIT: dict[str, type[Enum]] = {
    "counterparty": Counterparty,
    "direction": Direction,
    "measure": Measure,
    "per": Holder,
    "state": OverrideState,
}
_DEPOSIT = {
    "state": (deposit.AccountState, deposit.BindingState, deposit.RailState),
    "product_class": (deposit.ProductClass,),
    "freeze_kind": (deposit.FreezeKind,),
    "freeze_cause": (deposit.FreezeCause,),
    "confirmation": (deposit.Confirmation,),
    "unbound_in": (deposit.UnboundIn,),
    "rail_kind": (deposit.RailKind,),
    "difference": (deposit.DifferenceKind,),
}
_PURPOSE = {
    "state": (ContractState, GrantState),
    "purpose_move": (MovementKind,),
    "template_kind": (TemplateKind,),
    "release": (ReleaseRule,),
    "on_expiry": (OnExpiry,),
    "trace": (Where,),
    "simulated": (Do,),
    "trace_by": (Dimension,),
}
_PAYMENT = (
    MerchantState,
    OrderState,
    PaymentState,
    ShareState,
    StoreState,
    ChannelState,
    SettlementState,
    EodState,
    StepState,
)
_MERCHANT = {"merchant_risk": MerchantRisk, "staff_role": StaffRole}
_SOURCES = ("wallet", "purpose", "channel", "coupon")
_WALLET = {"state": (WalletState,), "move": (MoveKind,), "pocket": (PocketKind,)}
_CHANNELS = ("api", "app", "mobile", "counter", "console", "job", "channel")
_PLATFORMS = ("android", "ios", "harmony", "web", "other")
_STEPS = ("document", "liveness", "elements", "sms", "review", "active")
_SCOPES = (SCOPE, "profile.basic")
_EVENTS = (
    *("payment.split_done", "payment.split_failed", "payment.split_returned"),
    *("deposit_policy.added", "party_policy.added", "payment_policy.added", "wallet_policy.added"),
    *("deposit_interest.day_finished", "wallet_interest.day_finished"),
    *(f"purpose.{word}" for word in ("funded", "spent", "refunded", "returned", "released")),
    *(f"purpose_contract.{word}" for word in ("signed", "suspended", "expired", "terminated")),
)
"""Events whose names are put together where they are emitted."""
_SUBJECTS = (
    *("account", "transfer", "hold", "receiver", "user", "key", "book", "day", "party", "opening", "party_policy"),
    *("unmasking", "list_entry", "proposal", "approval_policy", "approver_group", "delegation", "settlement"),
    *("reconciliation", "reconciliation_difference", "limit_rules", "deposit_policy", "wallet_policy"),
    *("payment_policy", "deposit_account", "wallet"),
)
"""What events are about, where it is not said beside their names."""

_EMITTED_ABOUT = re.compile(r'emit\(\s*"[a-z_.]+",\s*f"([a-z_]+):')
_OUTCOMES = (
    *("blacklisted", "prohibited", "expired", "refused", "merged", "relationship_ended"),
    *("liveness_failed", "elements_failed", "code_failed"),
)


def in_templates() -> set[str]:
    """The ids in ``_("…")`` of every template; those that are put together are listed in ``spelled``."""
    texts = [page.read_text(encoding="utf-8") for page in SOURCE.rglob("*.html")]
    found = [_PART.findall(parts) for text in texts for parts in _IN_TEMPLATE.findall(text)]
    return {"".join(double or single for double, single in parts) for parts in found}


def in_code() -> set[str]:
    """The ids in ``pages._("…")`` and in the titles of lists and rails."""
    found: set[str] = set()
    for module in (path for path in SOURCE.rglob("*.py") if "kernel" not in path.parts):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= set(_called(node))
        if module.name == "availability.py":
            found |= _reasons(tree)
    return {text for text in found if not text.startswith(("state.", "field.", "loan_class.", "voucher_state."))} | {
        *shopping_words.TEXTS,
        *TITLES.values(),
    }


def _called(node: ast.Call) -> list[str]:
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
    positions = (0,) if name in ("_", "say") else _TITLED.get(name, ())
    parts = [node.args[n] for n in positions if n < len(node.args)]
    for keyword in node.keywords:
        if keyword.arg in _KEYWORDS.get(name, ()):
            parts += _titles(keyword.value) if keyword.arg == "choices" else [keyword.value]
    if name == "Fact" and isinstance(node.args[1], ast.Constant) and node.args[1].value == "words":
        parts += list(ast.walk(node.args[2]))
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _titles(choices: ast.expr) -> list[ast.expr]:
    """The second of each pair of value and title."""
    pairs = choices.elts if isinstance(choices, ast.Tuple) else []
    return [pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple)]


def _reasons(tree: ast.Module) -> set[str]:
    """The reasons why something cannot be done now: every sentence of the module that is no docstring."""
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    docs = {ast.get_docstring(node, clean=False) for node in documented}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if text not in docs and text.endswith((".", "?"))}


def spelled() -> set[str]:
    """Ids that are keys, made of a kind and a word: they have a translation in every language, English too."""
    words = {f"role.{role.value}" for role in Role}
    kinds = (AccountState, HoldState, ReceiverState, DeadLetterState, ProposalState)
    words |= {f"state.{state.value}" for kind in kinds for state in kind}
    words |= {f"state.{state}" for state in _STATES} | {f"workspace.{part.value}" for part in Workspace}
    words |= {f"side.{side.value}" for side in Side} | {f"class.{word.value}" for word in HeadClass}
    words |= {f"kin.{by}" for by in ("group", "reference", "hold", "reversal", "command")}
    words |= {f"code.{code}" for code in CODES_SAID} | {f"purpose.{word}" for word in PURPOSES}
    words |= {f"actor.{kind}" for kind in ("user", "key", "system", "cli", "job", "person")}
    words |= {f"subject.{kind}" for kind in _SUBJECTS}
    words |= {f"field.{name}" for name in _fields()} | {
        f"command.{kind}" for kind in COMMANDS if kind.split(".")[0] in _FLOORS
    }
    emitted = re.compile(r'(?:book\.emit\(|_moved\(book, letter, DeadLetterState\.[A-Z]+,)\s*"([a-z_.]+)"')
    words |= {f"{name}.{word.value}" for name, kinds in _PARTY.items() for kind in kinds for word in kind} | {
        "search.name"
    }
    words |= {f"outcome.{word}" for word in _OUTCOMES} | {f"step.{word}" for word in _STEPS}
    words |= {f"{name}.{word.value}" for name, kind in _LIMIT.items() for word in kind} | {"direction.both"}
    words |= {f"{name}.{word.value}" for name, kinds in _DEPOSIT.items() for kind in kinds for word in kind}
    words |= {f"day_kind.{word.value}" for word in DayKind}
    words |= {f"code.{word}" for word in deposit_words.CODES} | {f"outcome.{word}" for word in deposit_words.OUTCOMES}
    words |= {f"event.{word}" for word in deposit_words.EVENTS} | {f"code.{word}" for word in wallet_words.CODES}
    words |= {f"state.{word.value}" for kind in _PAYMENT for word in kind} | {f"source.{word}" for word in _SOURCES}
    words |= {f"{name}.{word.value}" for name, kind in _MERCHANT.items() for word in kind}
    words |= {f"channel_kind.{word.value}" for word in ChannelKind} | {
        f"channel_method.{word.value}" for word in ChannelMethod
    }
    words |= {f"code.{word}" for word in payment_words.CODES} | {f"code.{word}" for word in purpose_words.CODES}
    words |= {f"code.{word}" for word in settlement_words.CODES} | {f"event.{word}" for word in settlement_words.EVENTS}
    words |= {f"code.{word}" for word in reward_words.CODES} | {f"event.{word}" for word in reward_words.EVENTS}
    rewards = reward_words.FAMILIES.items()
    words |= {f"{name}.{word.value}" for name, kinds in rewards for kind in kinds for word in kind}
    words |= {f"subject.{kind}" for kind in ("campaign", "coupon", "season", "season_bureau")}
    words |= {f"code.{word}" for word in credit_words.CODES} | {f"event.{word}" for word in credit_words.EVENTS}
    credits_ = credit_words.FAMILIES.items()
    words |= {f"{name}.{word.value}" for name, kinds in credits_ for kind in kinds for word in kind}
    words |= {f"code.{word}" for word in chain_words.CODES} | {f"event.{word}" for word in chain_words.EVENTS}
    chains = chain_words.FAMILIES.items()
    words |= {f"{name}.{word.value}" for name, kinds in chains for kind in kinds for word in kind}
    words |= {f"subject.{kind}" for kind in ("voucher", "chain_member")}
    words |= {f"event.{word}" for word in (*partner_words.EVENTS, *shopping_words.EVENTS)}
    partners = partner_words.FAMILIES.items()
    words |= {f"{name}.{word.value}" for name, kinds in partners for kind in kinds for word in kind}
    shopping = shopping_words.FAMILIES.items()
    words |= {f"{name}.{word.value}" for name, kinds in shopping for kind in kinds for word in kind}
    words |= {f"{name}.{word.value}" for name, kind in decision_words.FAMILIES.items() for word in kind}
    words |= {f"event.{word}" for word in decision_words.EVENTS} | {"subject.rule_set"}
    words |= {f"verdict.{word}" for word in decision_words.VERDICT_WORDS}
    words |= {f"eod_step.{step.name}" for step in STEPS.ordered()}
    words |= {f"{name}.{word.value}" for name, kind in settlement_words.RECONCILIATION.items() for word in kind}
    words |= {f"money_channel.{code}" for code in settlement_words.CHANNELS}
    words |= {f"{name}.{word.value}" for name, kinds in _WALLET.items() for kind in kinds for word in kind}
    words |= {f"{name}.{word.value}" for name, kinds in _PURPOSE.items() for kind in kinds for word in kind}
    words |= {f"category.{code}" for code in purpose_words.CATEGORIES} | {
        f"case.{name}" for name in (*CASE_FIELDS, *MORE_CASE_FIELDS)
    }
    words |= {f"region.{code}" for code in purpose_words.PROVINCES} | {f"goods.{kind}" for kind in purpose_words.GOODS}
    words |= {f"weekday.{day}" for day in range(1, 8)}
    words |= {f"place.{place}" for place in ("contract", "grants", "shops", "payer", "holders")}
    words |= {f"channel.{word}" for word in _CHANNELS} | {f"platform.{word}" for word in _PLATFORMS}
    words |= {f"product.{word}" for word in WALLET_PRODUCTS}
    words |= {f"service.{word}" for word in SERVICES} | {f"type.{kind}" for kind in TYPES}
    words |= {f"lacks.{code}" for code in LACKS} | {f"event.{kind}" for kind in _EVENTS}
    words |= {f"deposit_class.{word.value}" for word in ProductClass} | {f"known.{word.value}" for word in Level}
    words |= {f"permission.{word.value}" for word in Permission}
    words |= (
        {f"movement.{word}" for word in MOVEMENTS} | {f"scope.{word}" for word in _SCOPES} | {f"receiver.{RECEIVER}"}
    )
    for module in SOURCE.rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        words |= {f"event.{kind}" for kind in emitted.findall(text)}
        words |= {f"subject.{kind}" for kind in _EMITTED_ABOUT.findall(text)}
    return words


def _fields() -> set[str]:
    """What commands ask, what they answer with, and what events tell, as far as people see it."""
    asked = {name for kind, of in COMMANDS.items() if kind.split(".")[0] in _FLOORS for name in of.__struct_fields__}
    kept = {name for kind in _KEPT for name in kind.__struct_fields__}
    texts: set[str] = set()
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "emit":
                texts |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return asked | kept | texts | {"value"}


def in_errors() -> set[str]:
    """The templates of all declared codes."""
    for module in SOURCE.rglob("*.py"):
        name = ".".join(module.relative_to(SOURCE.parent).with_suffix("").parts)
        if "declare(" in module.read_text(encoding="utf-8"):
            import_module(name.removesuffix(".__init__"))
    return {text for code, text in CODES.items() if not code.startswith("box.") and re.sub(r"{.*?}", "", text).strip()}


def wanted(language: str) -> set[str]:
    """What the catalogue of a language has to have. English needs only what is not English by itself."""
    if language == "en":
        return spelled() | named()
    return spelled() | in_templates() | in_code() | in_errors() | in_rules()


def named() -> set[str]:
    """What a book begins with and is named in Chinese: heads of the chart, products, fees, templates."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    heads = {head.name for head in (*HEADS, TAX_HEAD)}
    products = {product.name for product in (*first_products(at), *first_deposits(at))}
    return (
        heads
        | products
        | {schedule.name for schedule in first_schedules(at)}
        | {
            *(name for _, _, name, *_ in SEEDED),
            *LOAN_NAMES,
            POLICY_NAME,
            REVERSAL_NAME,
            RULES_NAME,
            *HOLIDAYS.values(),
            *(asset.name for asset in ASSETS),
        }
    )


def in_rules() -> set[str]:
    """The names of the limits that a book begins with, and of the cases of its templates."""
    cases = {case.name for *_, cases in SEEDED for case in cases}
    return cases | {rule.name for rule in first_rules(1, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)).content}


def missing(language: str) -> list[str]:
    """What the catalogue of a language lacks."""
    known = catalogue(language)
    return sorted(text for text in wanted(language) if known.gettext(text) == text)


def unused(language: str) -> list[str]:
    """What the catalogue of a language has and nobody asks for. English may reword labels that are stored."""
    asked = wanted(language) | named() | in_code()
    return sorted(set(entries(language)) - asked)


def file_of(language: str) -> Path:
    """The catalogue's source."""
    return SOURCE / "web" / "locale" / FOLDERS[language] / "LC_MESSAGES" / "messages.po"


def entries(language: str) -> dict[str, str]:
    """The ids of a catalogue with their translations."""
    with file_of(language).open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def bring_up_to_date(language: str) -> None:
    """Write a catalogue anew: sorted, with everything that is asked for and nothing else."""
    known = entries(language)
    gone = set(unused(language))
    kept = {text: known.get(text, "") for text in sorted({*known, *missing(language)} - gone)}
    head = file_of(language).read_text(encoding="utf-8").partition("\n\n")[0]
    blocks = [f"msgid {_quoted(text)}\nmsgstr {_quoted(translation)}" for text, translation in kept.items()]
    file_of(language).write_text("\n\n".join([head, *blocks]) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    if sys.argv[1:] == ["add"]:
        for each in LANGUAGES:
            bring_up_to_date(each)
    else:
        print("\n".join(missing(sys.argv[1] if len(sys.argv) > 1 else "zh")))
