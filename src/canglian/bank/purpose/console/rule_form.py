"""Rules and cases as fields of a form: made of their structs, read back into them, each field of theirs.

Amounts are typed in yuan, minutes of a day as 08:30.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from canglian.bank.purpose.rules import FAR, Case, OnExpiry, Payees, ReleaseRule, Rules, Use
from canglian.bank.purpose.words import CATEGORIES
from canglian.kernel.amounts import major
from canglian.kernel.errors import Malformed
from canglian.web.console import Pages
from canglian.web.console.actions import InputView
from canglian.web.console.forms import Wrong, error_at, read_money
from canglian.web.form import Input

BLANK_CASES = 2
"""How many empty cases a form offers."""

CASES_MAX = 30
"""How many cases a form reads."""

SHOP = "shop"
"""The payee of a case that names none."""

_NOON = 12 * 60
_FIRST = date(2000, 1, 1)

CASE_FIELDS = ("name", "category", "region", "goods", "amount", "remaining", "on", "expected")
"""What a row of the form asks about a case."""

MORE_CASE_FIELDS = ("payee", "lists", "time", "uses", "signatures", "valid_from", "valid_until")
"""What it asks about a case where the rules look at it, below the row."""

_ALL_CASE_FIELDS = (*CASE_FIELDS, *MORE_CASE_FIELDS)

EXPECTED = (
    "purpose.payee_blocked",
    "purpose.goods_blocked",
    "purpose.payee_not_allowed",
    "purpose.category_not_allowed",
    "purpose.region_not_allowed",
    "purpose.list_not_allowed",
    "purpose.goods_not_allowed",
    "purpose.not_yet_valid",
    "purpose.expired",
    "purpose.day_not_allowed",
    "purpose.hour_not_allowed",
    "purpose.not_released",
    "purpose.amount_above_use",
    "purpose.uses_exhausted",
    "purpose.insufficient",
)

_INPUTS = (
    Input(name="category", kind="ticks", label="Only for"),
    Input(name="allowed_other", label="Other categories", help="Four digits each, ISO 18245, with commas between."),
    Input(
        name="allowed_regions",
        label="Only in these regions",
        help="Beginnings of region codes: 33 is a province, 3301 a city.",
    ),
    Input(name="allowed_goods", label="Only these goods", help="Words of merchants' systems, such as meals."),
    Input(name="allowed_lists", label="Only at merchants on these lists"),
    Input(
        name="blocked_categories",
        label="Not for these categories",
        help="Four digits each, ISO 18245, with commas between.",
    ),
    Input(
        name="blocked_regions",
        label="Not in these regions",
        help="Beginnings of region codes: 33 is a province, 3301 a city.",
    ),
    Input(
        name="blocked_goods", label="Not these goods", help="Words of merchants' systems, such as alcohol and tobacco."
    ),
    Input(name="blocked_lists", label="Not at merchants on these lists"),
    Input(name="day", kind="ticks", label="On which days", help="None for every day."),
    Input(name="from_time", label="From what time", help="Such as 08:30; empty for all day."),
    Input(name="until_time", label="Until what time", help="Such as 21:00; empty for all day."),
    Input(name="amount_max", kind="decimal", label="At most at once", help="In yuan; empty for no bound."),
    Input(name="uses_max", kind="number", label="How often", help="Uses of a grant; empty for no bound."),
    Input(name="release", kind="select", label="Released"),
    Input(name="release_on", kind="date", label="Release date", help="Only where a date releases it."),
    Input(name="signatures", kind="number", label="Signatures", help="How many people sign the release."),
    Input(name="on_expiry", kind="select", label="What is left at the end"),
    Input(name="named", kind="flag", label="Each contract names its own merchants"),
    Input(name="transferable", kind="flag", label="Holders may pass on what is left"),
    Input(name="payout", kind="flag", label="Paid out to holders as ordinary money once released"),
    Input(
        name="refund_days",
        kind="number",
        label="Days to give a prepaid card back",
        help="All that is left goes back to its buyer; empty for never.",
    ),
)

_FLAGS = ("named", "transferable", "payout")


def rule_fields(pages: Pages, rules: Rules, sent: Mapping[str, str] | None, problem: Wrong | None) -> list[InputView]:
    """What a form asks about rules, with what stands there now or what was sent."""
    values = written(rules) if sent is None else sent
    offered = {
        "category": [(code, pages._(f"category.{code}")) for code in CATEGORIES],
        "day": [(str(day), pages._(f"weekday.{day}")) for day in range(1, 8)],
        "release": [(each.value, pages._(f"release.{each.value}")) for each in ReleaseRule],
        "on_expiry": [(each.value, pages._(f"on_expiry.{each.value}")) for each in OnExpiry],
    }
    return [_input(pages, asked, values, offered.get(asked.name, []), problem) for asked in _INPUTS]


def _input(
    pages: Pages, asked: Input, values: Mapping[str, str], choices: list[tuple[str, str]], problem: Wrong | None
) -> InputView:
    ticked = [value for value, _ in choices if values.get(f"{asked.name}_{value}")]
    return InputView(
        f"f-{asked.name}",
        asked.name,
        asked.kind or "text",
        pages._(asked.label),
        pages._(asked.help) if asked.help else "",
        " ".join(ticked) if asked.kind == "ticks" else values.get(asked.name, ""),
        choices=choices,
        wrong=problem.text if problem is not None and problem.field == asked.name else "",
    )


def written(rules: Rules) -> dict[str, str]:
    """Rules as a form has them."""
    lists = {
        f"{side}_{name}": ", ".join(getattr(getattr(rules, side), name))
        for side in ("allowed", "blocked")
        for name in ("lists", "categories", "regions", "goods")
    }
    whole_day = (rules.from_minute, rules.until_minute) == (0, 24 * 60)
    return {
        **lists,
        **{f"{name}_{identity}": "yes" for name, ids in ticked_ids(rules).items() for identity in ids},
        **{f"category_{code}": "yes" for code in rules.allowed.categories},
        "allowed_other": ", ".join(code for code in rules.allowed.categories if code not in CATEGORIES),
        **{f"day_{day}": "yes" for day in rules.days},
        "from_time": "" if whole_day else _clock(rules.from_minute),
        "until_time": "" if whole_day else _clock(rules.until_minute),
        "amount_max": "" if rules.amount_max is None else major(rules.amount_max, 2),
        "uses_max": "" if rules.uses_max is None else str(rules.uses_max),
        "release": rules.release.value,
        "release_on": "" if rules.release_on is None else rules.release_on.isoformat(),
        "signatures": str(rules.signatures),
        "on_expiry": rules.on_expiry.value,
        **{name: "yes" if getattr(rules, name) else "" for name in _FLAGS},
        "refund_days": "" if rules.refund_days is None else str(rules.refund_days),
    }


def ticked_ids(rules: Rules) -> dict[str, tuple[str, ...]]:
    """Which merchants are ticked, by the field of the form."""
    return {"ids": rules.allowed.ids, "blocked_ids": rules.blocked.ids}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def typed_rules(form: Mapping[str, str]) -> dict[str, Any]:
    """The rules that a form says, for a command."""
    ticked = [code for code in CATEGORIES if form.get(f"category_{code}")]
    allowed = {
        "ids": _ticked(form, "ids"),
        "categories": [*ticked, *_words(form, "allowed_other")],
        **{name: _words(form, f"allowed_{name}") for name in ("lists", "regions", "goods")},
    }
    blocked = {name: _words(form, f"blocked_{name}") for name in ("lists", "categories", "regions", "goods")}
    return {
        "allowed": _filled(allowed),
        "blocked": _filled({**blocked, "ids": _ticked(form, "blocked_ids")}),
        "days": [day for day in range(1, 8) if form.get(f"day_{day}")],
        "from_minute": _minute(form, "from_time", 0),
        "until_minute": _minute(form, "until_time", 24 * 60),
        "amount_max": read_money(form, "amount_max") if form.get("amount_max") else None,
        "uses_max": _whole(form, "uses_max"),
        "release": form.get("release") or ReleaseRule.EACH_USE.value,
        "release_on": form.get("release_on") or None,
        "signatures": _whole(form, "signatures") or 1,
        "on_expiry": form.get("on_expiry") or OnExpiry.RETURN.value,
        **{name: form.get(name) == "yes" for name in _FLAGS},
        "refund_days": _whole(form, "refund_days"),
    }


def _ticked(form: Mapping[str, str], field: str) -> list[str]:
    return [name.removeprefix(f"{field}_") for name in form if name.startswith(f"{field}_")]


def _filled(side: Mapping[str, list[str]]) -> dict[str, list[str]]:
    known = set(Payees.__struct_fields__)
    return {name: words for name, words in side.items() if words and name in known}


def _words(form: Mapping[str, str], name: str) -> list[str]:
    return [word for word in re.split(r"[\s,，、]+", form.get(name, "")) if word]


def _whole(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise Malformed("form.number", field=name)
    return int(text[:9])


def _minute(form: Mapping[str, str], name: str, empty: int) -> int:
    text = form.get(name, "").replace("：", ":")
    if not text:
        return empty
    found = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", text)
    if found is None:
        raise Malformed("purpose_template.time", field=name)
    return int(found[1]) * 60 + int(found[2])


# -- cases -----------------------------------------------------------------------------------------------------------


def case_rows(cases: Sequence[Case], sent: Mapping[str, str] | None) -> list[dict[str, str]]:
    """The cases as rows of a form: what was sent, or those of the version before, and empty ones."""
    if sent is not None:
        rows = [{name: sent.get(f"case{row}_{name}", "") for name in _ALL_CASE_FIELDS} for row in range(CASES_MAX)]
        kept = [row for row in rows if any(row.values())]
    else:
        kept = [_case_written(case) for case in cases]
    return [*kept, *(dict.fromkeys(_ALL_CASE_FIELDS, "") for _ in range(BLANK_CASES))]


def _case_written(case: Case) -> dict[str, str]:
    use, payee = case.use, case.use.payee
    return {
        "name": case.name,
        "category": payee.category,
        "region": payee.region,
        "goods": ", ".join(payee.goods),
        "amount": major(use.amount, 2),
        "remaining": major(use.remaining, 2),
        "on": use.on.isoformat(),
        "expected": case.expected or "",
        "payee": "" if payee.id == SHOP else payee.id,
        "lists": ", ".join(payee.lists),
        "time": "" if use.minute == _NOON else _clock(use.minute),
        "uses": str(use.uses or ""),
        "signatures": str(use.signatures or ""),
        "valid_from": "" if use.valid_from == _FIRST else use.valid_from.isoformat(),
        "valid_until": "" if use.valid_until == FAR else use.valid_until.isoformat(),
    }


def _left(form: Mapping[str, str], name: str, amount: int) -> int:
    """What remains in a case: as much as is paid where nothing stands there; it may be nothing."""
    text = form.get(name, "")
    if not text:
        return amount
    return read_money(form, name) if text.strip("0.") else 0


def typed_cases(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The cases that a form says, for a command; a row without a name is none."""
    return [_typed_case(form, f"case{row}_") for row in range(CASES_MAX) if form.get(f"case{row}_name")]


def _typed_case(form: Mapping[str, str], at: str) -> dict[str, Any]:
    payee: dict[str, Any] = {
        "id": form.get(f"{at}payee") or SHOP,
        "category": form.get(f"{at}category", ""),
        "region": form.get(f"{at}region", ""),
        "goods": _words(form, f"{at}goods"),
        "lists": _words(form, f"{at}lists"),
    }
    with error_at("cases"):
        amount = read_money(form, f"{at}amount")
        asked: dict[str, Any] = {
            "payee": payee,
            "amount": amount,
            "on": form.get(f"{at}on", ""),
            "minute": _minute(form, f"{at}time", _NOON),
            "remaining": _left(form, f"{at}remaining", amount),
            "uses": _whole(form, f"{at}uses") or 0,
            "signatures": _whole(form, f"{at}signatures") or 0,
        }
    days = {name: form[f"{at}{name}"] for name in ("valid_from", "valid_until") if form.get(f"{at}{name}")}
    try:
        use = msgspec.convert({**asked, **days}, Use)
    except msgspec.ValidationError:
        raise Malformed("purpose_template.case", case=form[f"{at}name"][:40], field="cases") from None
    made: dict[str, Any] = {"name": form[f"{at}name"], "use": msgspec.to_builtins(use)}
    return {**made, "expected": form.get(f"{at}expected") or None}
