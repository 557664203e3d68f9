"""What the fields and parameters of the approval API mean, by name; ``OF`` has those of one schema."""

MEANINGS: dict[str, str] = {
    "active": "False ends the policy from the effective date on.",
    "always": "Whether it may be filed although no policy covers it.",
    "amount_from": "The lowest amount that it covers, in the minor unit; null for no bound.",
    "amount_to": "The highest amount that it covers, in the minor unit; null for no bound.",
    "approves": "Whether it is for the proposal.",
    "changed": "The watched facts that are otherwise now.",
    "comment": "What the voter has to say about it; a rejection needs it.",
    "counts_as": "The kinds whose policies it may fall under.",
    "delegate": "Who votes in the delegator's place, such as `user:ann`.",
    "delegator": "Whose votes are given by another, such as `user:bob`.",
    "enforced": "Whether the command is refused where it is asked for directly.",
    "expiry_hours": "After so many hours a proposal without a decision expires.",
    "facts": "What was shown of the command.",
    "failure_code": "The rule that refused the command although it had been approved, or null.",
    "failure_fields": "The figures of that refusal, or null.",
    "filed_at": "When it was filed.",
    "keys_vote": "Whether API keys may vote.",
    "label": "What the fact is about.",
    "maker": "Who filed it.",
    "maker_role": "The role that the maker had then.",
    "members": "The actors that belong to it, such as `user:ann`.",
    "now": "The fact as it is; null where there is none any more.",
    "on_behalf_of": "The delegator in whose place it is done, or null.",
    "policy": "The code of the policy that it was filed under.",
    "policy_version": "The version of that policy.",
    "then": "The fact as it was shown; null where there was none.",
    "tier": "The step that it was given in, from 0.",
    "tiers": "The steps, each with whose votes it takes and how many.",
    "told": "What stands beside the value, such as an account's name.",
    "void": "Whether it counts no more, because the maker has taken the facts anew since.",
    "votes": "How many votes the step takes.",
    "waits_for": "The group or role whose votes are missing.",
    "watched": "Whether it may not change between filing and approval.",
}

_POLICY = {
    "roles": "The makers' roles that it covers; empty for all.",
    "version": "The version of the policy, from 1.",
    "kind": "The kind of command that it covers.",
    "effective_from": "The business date from which it counts.",
    "in_force": "Whether it is the version that counts today.",
}
_PROPOSAL = {
    "kind": "The kind of the command that waits.",
    "digest": "A hash of the command and its watched facts; an approval that names another one is refused.",
    "step": "The step that it stands in, from 1.",
    "steps": "How many steps there are.",
    "ended_at": "When it was decided, withdrawn or expired; null while it waits.",
    "outcome": "What came of it, such as `transfer:88213`; null until it was carried out.",
}

OF: dict[str, dict[str, str]] = {
    "ApprovalPolicy": {name: text for name, text in _POLICY.items() if name != "in_force"},
    "ApprovalRequest": {"digest": "The digest of what was looked at: refused when it is another now."},
    "ApproverGroup": {"updated_by": "Who changed it last."},
    "Delegation": {"since": "From when it holds.", "until": "Until when it holds, exclusive."},
    "DelegationRequest": {"since": "From when it holds.", "until": "Until when it holds, exclusive."},
    "Fact": {"kind": "How the value is written: text, money, account, day …"},
    "PolicyView": _POLICY,
    "ProposalRow": {name: text for name, text in _PROPOSAL.items() if name != "digest"},
    "ProposalView": {
        **{name: text for name, text in _PROPOSAL.items() if name != "steps"},
        "votes": "All votes that were given.",
    },
    "SetApprovalPolicy": {name: _POLICY[name] for name in ("roles", "kind", "effective_from")},
    "Standing": {name: text for name, text in _PROPOSAL.items() if name not in ("kind", "ended_at")},
    "Vote": {
        "by": "Who gave it.",
        "behind": "Who made the API key that gave it, or null.",
    },
}

PARAMETERS: dict[str, str] = {"policy": "Only filed under this policy."}
