"""The rooms of an installation: the one place of this floor that names them.

A room that is taken away takes its folder and its line here; a scenario that is installed beside Canglian brings a
``RoomConfig`` through the entry-point group ``canglian.scenarios``.
"""

import functools
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Any

from canglian.web.room_config import RoomConfig

SCENARIOS = "canglian.scenarios"

BUILT_IN = (
    RoomConfig(
        package="canglian.ledger",
        benchmarks={
            "posting": "Durable transfers a second through the engine, against COPY alone and against SQL.",
            "growth": "Posting, memory and reading after a few transfers and after many.",
        },
    ),
    RoomConfig(
        package="canglian.bank.party",
        nouns={
            "party": "Customers: list, show, verify, rate, merge, end.",
            "opening": "Remote onboarding: list, show, start, review.",
        },
        sandboxes=("identity", "sms"),
    ),
    RoomConfig(
        package="canglian.bank.approval",
        nouns={"approval": "Approval requests: list, show, confirm, withdraw."},
    ),
    RoomConfig(
        package="canglian.bank.decision",
        nouns={
            "rule-set": "Rule sets: list, show, lint, test, import, pass, propose, shadow, promote, retire, decide."
        },
        benchmarks={"decision": "A table of 50 rows, compiled to Python, against zen-engine, with equal outputs."},
    ),
    RoomConfig(
        package="canglian.bank.limit",
        nouns={"limit": "Limits of one party, account or wallet: list, show, grant, end."},
    ),
    RoomConfig(
        package="canglian.bank.deposit",
        commands="approving",
        nouns={
            "deposit": "Deposit accounts: list, show, freeze, upgrade, close, statement.",
            "bound-account": "Accounts at other banks: list, show, confirm, end.",
        },
        benchmarks={"interest": "A day's interest over many deposit accounts, killed in its middle and resumed."},
        sandboxes=("rail",),
    ),
    RoomConfig(
        package="canglian.bank.wallet",
        commands="approving",
        nouns={"wallet": "Wallets: list, show, lock, upgrade, close, statement; take on the people of a file."},
        benchmarks={
            "wallet": "Transfers between wallets with their limits, against an ORM; many payees and one.",
            "onboarding": "People taken on from a file with accounts and wallets, killed in the middle and resumed.",
        },
    ),
    RoomConfig(
        package="canglian.bank.partner",
        nouns={
            "partner": "Partners that embed the bank: list, show, register, accept, suspend, exit; their apps.",
            "partner-app": "Apps of partners: list, show, change, suspend, end; their keys.",
            "partner-key": "Keys of apps: show, revoke.",
        },
        benchmarks={"signing": "Signed calls of apps by shared secrets and by Ed25519, against unsigned ones."},
    ),
    RoomConfig(
        package="canglian.bank.purpose",
        commands="approving",
        nouns={
            "purpose-contract": "Contracts about money for a purpose: list, show, release, suspend, resume, terminate.",
            "purpose-grant": "Grants of them: list, show, import, revoke, claw back.",
            "prepaid-offer": "Offers of prepaid cards: list, show, open, sell, close.",
            "prepaid-card": "Prepaid cards in custody: list, show, give back.",
            "template": "Templates of contracts: list, show, copy, check, propose.",
            "simulate": "Live through a contract about money for a purpose before it is signed.",
        },
        benchmarks={
            "purpose": "A contract with many holders: issued from a file, killed and resumed, used, traced, ended."
        },
    ),
    RoomConfig(
        package="canglian.bank.payment",
        nouns={
            "merchant": "Merchants: list, show, register, change, suspend, resume, close; their risk.",
            "merchant-store": "Stores of merchants: list, show, add, change, close, reopen.",
            "merchant-staff": "Who works for merchants: list, show, add, remove.",
            "payment-order": "Orders of merchants: list, show, open, close.",
            "payment": "Payments: list, show, create, capture, cancel, split, refund.",
            "split-claim": "What receivers of splits owe: list, show.",
            "refund": "Refunds: list, show.",
            "channel-order": "Orders to the card and QR channel: list, show, pay, enquire, send again.",
        },
        benchmarks={"payment": "Payments from two sources with limits and a split, against an ORM; also over HTTP."},
        sandboxes=("channel",),
    ),
    RoomConfig(
        package="canglian.bank.settlement",
        nouns={
            "calendar": "The business calendar: list, show, announce, change a day.",
            "settlement": "Settlements of merchants: list, show, run, pay out again.",
            "eod": "The end of a business day: list, show, run, status.",
            "reconcile": "Reconciliation: run, day, days; differences: list, show, assign, resolve, accept, reopen.",
            "settlement-terms": "How merchants are settled: show, set, hold, release.",
        },
        benchmarks={
            "reconcile": "Three sides of a day from CSV, compared; against an outer join of DuckDB.",
            "eod": "The end of a day over many accounts and merchants, killed at random steps and resumed.",
        },
        next_business_day="calendar:following_day",
    ),
    RoomConfig(
        package="canglian.bank.credit",
        nouns={
            "facility": "Facilities, the unified limits of customers: list, show, review, hold, freeze, unfreeze.",
            "loan-product": "Loan products: list, add a version.",
            "benchmark-rate": "Published rates that loans follow: list, add a version.",
            "limit-hold": "Holds on limits: list, show, release.",
            "credit-application": "Applications for credit: list, show, submit, approve, refuse.",
            "loan": "Loans: list, show, quote, payoff, portfolio, classify, write off.",
            "loan-transaction": "What was done to loans: list.",
        },
        quick={"loan quote": "quote_cli:quote"},
        benchmarks={"credit": "Exact plans by the second, and a day over many loans, against Decimal and one UPDATE."},
    ),
    RoomConfig(
        package="canglian.bank.chain",
        nouns={
            "chain-member": "Members of chains: list, show, enrol core, enrol supplier; who owes whom.",
            "trade-contract": "Orders and purchases that the bank finances: list, show, collect.",
            "voucher": "Receivable e-vouchers: list, show, quote, freeze, unfreeze, collect, claim recourse.",
        },
        benchmarks={"chain": "Vouchers split and financed, 64 in flight, against one transaction a request."},
    ),
    RoomConfig(
        package="canglian.bank.reward",
        nouns={
            "campaign": "Campaigns: list, show, draft, copy, fund, submit, approve, pause, end, settle.",
            "campaign-offer": "What campaigns offer: list, show, claim, join, invite.",
            "coupon": "Coupons of people: list, show, void.",
            "point-scheme": "Schemes of points: list, show, draft, fund, award, close.",
            "points": "Points of people: list, show, exchange, import awards from a file.",
            "point-lot": "Lots of points with their expiry: list, show.",
            "point-exchange": "What points were exchanged for: list, show, return.",
            "invitation": "Invitations of people: list, show, accept.",
            "coupon-quote": "Quotes of coupons: list, show, quote, cancel.",
            "draw": "Draws: list, show, draft, submit, join, freeze, reveal; verify a proof.",
            "draw-win": "Prizes that were won: list, show, claim, hand over.",
        },
        benchmarks={
            "promotion": "The best combination of twenty discounts, timed, and held against brute force.",
            "points": "Points awarded by 64 clients at once, against one transaction an award.",
            "payment+offers": "With a quoted combination of two offers, beside one without.",
            "draw": "A draw that a million people join, computed again by an independent script.",
            "flash": "A flash sale by 100,000 people, through the engine and over HTTP, against one statement a claim.",
        },
        sandboxes=("drand",),
    ),
    RoomConfig(package="canglian.web.system"),
    RoomConfig(package="canglian.web.observing", commands=""),
)

BOOK = "canglian.bank.approval:Book"
"""The class of books: the highest room that watches every command gives it."""


@functools.cache
def configs() -> tuple[RoomConfig, ...]:
    """The built-in rooms, and those of installed scenarios whose folder is there."""
    return (*BUILT_IN, *(found.load() for found in entry_points(group=SCENARIOS) if find_spec(found.module)))


def packages() -> tuple[str, ...]:
    """The packages whose migrations an installation has, in their order."""
    return "canglian.kernel", "canglian.web", *(config.package for config in configs())


@functools.cache
def sandboxes() -> dict[str, str]:
    """The module of each world of ``canglian sandbox``, by its name."""
    return {name: f"{config.package}.sandbox.{name}" for config in configs() for name in config.sandboxes}


@functools.cache
def rooms() -> tuple[Any, ...]:
    """The ``Room`` of each, imported with all its routes and pages."""
    return tuple(import_module(f"{config.package}.room").ROOM for config in configs())


def next_business_day() -> Any:
    """How the business calendar of a room goes on from a day; None where no room keeps one."""
    kept = (config for config in configs() if config.next_business_day)
    return next((resolve_name(f"{config.package}.{config.next_business_day}") for config in kept), None)


def import_commands() -> type[Any]:
    """Import every command that a log may hold; the class of books that decides them."""
    for config in configs():
        if config.commands:
            import_module(f"{config.package}.{config.commands}")
    return resolve_name(BOOK)
