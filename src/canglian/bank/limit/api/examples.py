"""Examples of bodies, links, and what the tag is about, for the API's description."""

from typing import Any

from canglian.web.links import Link, by_number

TAGS = {"limits": "What may still move; the rules by version; overrides for one party, account or wallet."}

EXAMPLES: dict[str, dict[str, Any]] = {
    "AddLimitRules": {
        "effective_from": "2027-01-01",
        "content": [
            {
                "code": "class2-out-day",
                "name": "Class II: spent and sent to unbound accounts, a day",
                "products": ["deposit.class2"],
                "measure": "day_sum",
                "limit": 1000000,
                "asset": "CNY",
                "direction": "out",
                "exempt": ["bound", "wealth", "loan", "bank"],
            }
        ],
        "note": "新规生效",
    },
    "OverrideRequest": {
        "holder": "wallet:wal_" + "0" * 26,
        "rule": "ecny2-day",
        "limit": 20000000,
        "until": "2027-01-31",
        "reason": "春节备货，客户经理核实",
    },
    "EndRequest": {"reason": "备货结束"},
}
"""An example by the name of the body's schema."""

LINKS: dict[str, list[Link]] = {
    "addLimitRules": [Link("getLimitRules", {"number": "$response.body#/version"})],
    "proposeOverride": by_number("getProposal", name="proposal"),
    "proposeOverrideEnd": by_number("getProposal", name="proposal"),
}
