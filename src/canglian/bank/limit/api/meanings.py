"""What the fields and parameters of the limits' API mean, by name; ``OF`` has those of one schema."""

MEANINGS: dict[str, str] = {
    "channels": "The channels that the rule is about; empty for all.",
    "content": "All rules of the version.",
    "counter": "What it adds up into together with other rules; null for a counter of its own.",
    "counterparties": "Who on the other side is counted; empty for everybody who is not exempt.",
    "exempt": "Who on the other side is not counted.",
    "holder": "A party, or one account or wallet: `pty_…`, `deposit:dep_…`, `wallet:wal_…`.",
    "left": "How much may still move, in the minor unit or as a number; null where it is not known.",
    "levels": "The levels of verification that the rule is about; empty for all.",
    "limit": "How much may move or be held, in the minor unit of the asset, or how many movements.",
    "limits": "The rules that may stop a movement, each with what is left.",
    "measure": "What is measured: one movement, the sum or count of a day, month or year, or the balance.",
    "most_in": "The most that one more movement may bring in; null where no rule bounds it.",
    "most_out": "The most that one more movement may take out; null where no rule bounds it.",
    "override": "The override that holds instead of the rule's own limit, or null.",
    "override_until": "The last day of that override, or null.",
    "per": "Whose movements are added up: of one `subject`, or all of its `party`.",
    "product": "The kind of account or wallet, such as `deposit.class2`.",
    "products": "The products that the rule is about: codes, or beginnings such as `deposit.*`.",
    "renews_at": "When it begins anew: midnight in Shanghai; null for one movement and for the balance.",
    "replaced_limit": "What the rule let through when the override was granted.",
    "rule": "The code of the rule.",
    "title": "How pages name it, or null.",
    "used": "How much has moved in the period, or is held; null where it is not known.",
}

_RULE = {
    "name": "What the rule is called.",
    "direction": "`in` or `out`; null for both.",
    "asset": "The unit of value that it is about.",
}
_FROM = {"effective_from": "The business date from which the rules count."}

OF: dict[str, dict[str, str]] = {
    "AddLimitRules": _FROM,
    "HolderLimits": {"subject": "The account or wallet, such as `wallet:wal_…`; null where a party is asked for."},
    "Left": {
        "name": "What the rule is called.",
        "direction": "`in` or `out`; null for both.",
        "asset": "The unit of the figures; null where movements are counted.",
    },
    "LimitOverride": {
        "asset": "The unit of the figures; null where movements are counted.",
        "since": "The first day on which it holds.",
        "granted_at": "When its proposal was carried out.",
        "granted_by": "Who asked for it.",
        "ended_at": "When it was taken back; null while it stands.",
        "until": "The last day on which it holds.",
    },
    "LimitRule": _RULE,
    "OverrideRequest": {
        "since": "The first day on which it shall hold; by default the day of its approval.",
        "until": "The last day on which it shall hold.",
    },
    "RuleAsked": _RULE,
    "RulesView": {**_FROM, "version": "Its number, from 1.", "in_force": "Whether it is the one that counts today."},
}

PARAMETERS: dict[str, str] = {
    "channel": "As if it were asked for this way, such as `mobile`.",
    "counterparty": "As if this were on the other side.",
    "direction": "Only what is about money that comes in, or goes out.",
}
