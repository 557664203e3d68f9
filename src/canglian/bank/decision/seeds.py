"""The rule set that the demo begins with: small loans to villagers (小额贷款)."""

from typing import Any, Final

import msgspec

CODE: Final = "small_loan"
NAME: Final = "小额贷款准入"

SMALL_LOAN_INPUTS: Final[dict[str, Any]] = {
    "age": 35,
    "amount": 3_000_000,
    "monthly_income": 800_000,
    "monthly_debt": 100_000,
    "overdue_days": 0,
    "guaranteed": False,
    "trade": "farming",
}

_INPUTS: Final[list[dict[str, Any]]] = [
    {"name": "age", "kind": "integer", "label": "年龄", "low": "0", "high": "120"},
    {"name": "amount", "kind": "integer", "label": "申请金额（分）", "low": "1", "high": "50000000"},
    {"name": "monthly_income", "kind": "integer", "label": "月收入（分）", "low": "0", "high": "1000000000"},
    {"name": "monthly_debt", "kind": "integer", "label": "月还款（分）", "low": "0", "high": "1000000000"},
    {"name": "overdue_days", "kind": "integer", "label": "近两年最长逾期天数", "low": "0", "high": "3650"},
    {"name": "guaranteed", "kind": "boolean", "label": "有担保"},
    {"name": "trade", "kind": "text", "label": "行业", "values": ["farming", "shop", "solar", "other"]},
]

_COLUMNS = ("age", "overdue_days", "burden_bps", "amount", "guaranteed", "trade")
_ROWS: Final[tuple[tuple[str, tuple[str, ...], tuple[str, str, str], str], ...]] = (
    ("too_young", ("< 18", "", "", "", "", ""), ("'refuse'", "0", "0"), "申请人未满18周岁"),
    ("too_old", ("> 65", "", "", "", "", ""), ("'refuse'", "0", "0"), "申请人超过65周岁"),
    ("overdue", ("", "> 90", "", "", "", ""), ("'refuse'", "0", "0"), "近两年有90天以上逾期"),
    ("burdened", ("", "", "> 7000", "", "", ""), ("'refuse'", "0", "0"), "月还款超过月收入的七成"),
    ("late", ("", "> 30", "", "", "", ""), ("'person'", "0", "0"), "近两年有30天以上逾期，需人工核实"),
    ("large", ("", "", "", "> 20000000", "", ""), ("'person'", "0", "0"), "金额超过20万元，需人工审批"),
    (
        "unsecured",
        ("", "", "", "> 5000000", "false", ""),
        ("'person'", "0", "0"),
        "5万元以上无担保，需人工审批",
    ),
    ("farming", ("", "", "", "", "", "'farming', 'solar'"), ("'approve'", "amount", "435"), "农业与光伏优惠利率"),
    (
        "other",
        ("", "", "", "", "", ""),
        ("'approve'", "min([amount, monthly_income * 12])", "560"),
        "其他行业，额度不超过年收入",
    ),
)
_OUTPUTS = ("verdict", "limit", "rate_bps")


def _model(rows: int) -> dict[str, Any]:
    table = {
        "hitPolicy": "first",
        "passThrough": False,
        "inputs": [{"id": f"i_{name}", "name": name, "field": name} for name in _COLUMNS],
        "outputs": [{"id": f"o_{name}", "name": name, "field": name} for name in _OUTPUTS],
        "rules": [
            {
                "_id": identity,
                "_description": text,
                **{f"i_{name}": cell for name, cell in zip(_COLUMNS, cells, strict=True)},
                **{f"o_{name}": cell for name, cell in zip(_OUTPUTS, given, strict=True)},
            }
            for identity, cells, given, text in _ROWS[-rows:]
        ],
    }
    burden = "monthly_income > 0 ? floor(monthly_debt * 10000 / monthly_income) : 10000"
    steps = {"passThrough": True, "expressions": [{"id": "burden", "key": "burden_bps", "value": burden}]}
    return {
        "nodes": [
            {"id": "request", "type": "inputNode", "name": "申请", "position": {"x": 60, "y": 120}},
            {
                "id": "burden",
                "type": "expressionNode",
                "name": "负债率",
                "position": {"x": 320, "y": 120},
                "content": steps,
            },
            {
                "id": "admission",
                "type": "decisionTableNode",
                "name": "准入",
                "position": {"x": 580, "y": 120},
                "content": table,
            },
            {"id": "response", "type": "outputNode", "name": "结论", "position": {"x": 840, "y": 120}},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "request", "targetId": "burden"},
            {"id": "e2", "type": "edge", "sourceId": "burden", "targetId": "admission"},
            {"id": "e3", "type": "edge", "sourceId": "admission", "targetId": "response"},
        ],
    }


def _case(name: str, verdict: str, **changed: Any) -> dict[str, Any]:
    return {"name": name, "inputs": {**SMALL_LOAN_INPUTS, **changed}, "expected": {"verdict": verdict}}


_CASES: Final = (
    _case("农户三万元", "approve"),
    _case("十七岁", "refuse", age=17),
    _case("逾期一百天", "refuse", overdue_days=100),
    _case("逾期四十天", "person", overdue_days=40),
    _case("没有收入", "refuse", monthly_income=0),
    _case("八万元无担保", "person", amount=8_000_000),
    _case("八万元有担保", "approve", amount=8_000_000, guaranteed=True),
    _case("月收入写成小数", "person", monthly_income="8000.5"),
)


def small_loan(rows: int = len(_ROWS), note: str = "首版") -> dict[str, Any]:
    """The fields of the command that drafts it; with fewer rows, the last ones, its first case alone."""
    return {
        "code": CODE,
        "name": NAME,
        "inputs": _INPUTS,
        "document": msgspec.json.encode(_model(rows)).decode(),
        "cases": list(_CASES if rows == len(_ROWS) else _CASES[:1]),
        "note": note,
    }
