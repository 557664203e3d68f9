"""Examples of bodies and links, and what the tag is about, of draws for the API. Everybody in them is made up."""

from typing import Any

_WALLET = "wal_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "DraftDrawRequest": {
        "name": "春茶抽奖",
        "summary": "实名钱包均可参加，每人一次",
        "prizes": [
            {"name": "一等奖", "kind": "benefit", "value": 88_800, "quantity": 1},
            {"name": "电饭煲", "kind": "goods", "value": 39_900, "quantity": 5},
        ],
        "joins_from": "2026-03-20T00:00:00+08:00",
        "joins_until": "2026-04-20T00:00:00+08:00",
        "draws_at": "2026-04-20T10:00:00+08:00",
        "fallback": "上证指数 2026-04-24 收盘价，两位小数",
        "fallback_at": "2026-04-25T00:00:00+08:00",
        "alternates": 3,
    },
    "ApproveDrawRequest": {},
    "ChangeDrawRequest": {"claim_days": 14, "reason": "延长领奖时间"},
    "JoinDrawRequest": {"wallet": _WALLET},
    "AddEntrantsRequest": {"wallets": [_WALLET], "reason": "老客户答谢"},
    "RevealSecondSeedRequest": {},
    "DrawFigureRequest": {"figure": "3386.10"},
    "ConfirmDrawFigureRequest": {"figure": "3386.10"},
    "ClaimPrizeRequest": {"wallet": _WALLET},
    "HandOverRequest": {"code": "48120377"},
}
"""An example by the name of the body's schema."""

TAGS = {"draws": "Draws with their prizes, entries and wins, and the proof that anybody can check."}

LINKS: dict[str, dict[str, str]] = {
    "draftDraw": {"getDraw": "draw", "submitDraw": "draw"},
    "submitDraw": {"approveDraw": "draw"},
    "freezeDraw": {"getDrawProof": "draw", "revealDraw": "draw"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
