"""Approval's error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "approval.required": "This needs the approval of others (policy {policy}): file a proposal for it.",
        "approval.kind_unknown": "Commands of the kind {kind} are not approved by proposals.",
        "approval.not_covered": "No policy covers this, so it needs no approval: ask for it directly.",
        "approval.users_only": "Only people approve here, not API keys.",
        "approval.own": "Nobody approves what they made themselves.",
        "approval.own_delegator": "{maker} made this and has delegated to you, so it is not yours to approve.",
        "approval.voted_already": "{voter} has had a vote on this proposal already.",
        "approval.not_in_group": "{voter} is not in the group {group}, whose votes are missing.",
        "approval.role_needed": "The votes of the role {needed} are missing; {voter} has another.",
        "approval.seen_another": "The proposal was taken anew since you looked at it; look at it again.",
        "approval.object_changed": "What this is about has changed since it was filed: {changed}. "
        "The maker confirms it or files anew.",
        "proposal.not_found": "There is no proposal {proposal} in this book.",
        "proposal.not_pending": "Proposal {proposal} is {state}.",
        "proposal.expired": "Proposal {proposal} expired at {expires_at}.",
        "proposal.not_due": "Proposal {proposal} has not expired yet.",
        "proposal.not_maker": "Only {maker}, who filed it, may do this.",
        "proposal.unchanged": "Nothing that this is about has changed; there is nothing to confirm.",
        "proposal.payload_malformed": "The command cannot be read: {problem}.",
        "approval_policy.not_found": "There is no policy {approval_policy} in this book.",
        "approval_policy.exists": "Policy {approval_policy} exists already.",
        "approval_policy.effective_past": "A version takes effect on {today} or later, not on {effective_from}.",
        "approval_policy.kind_fixed": "Policy {code} is about {kind}; make another one for another kind.",
        "approval_policy.tier_invalid": "Step {tier} names either a group or a role that may approve.",
        "approval_policy.group_small": "Group {group} has {members} members; step {tier} needs {votes} votes.",
        "approval_policy.amounts_invalid": "Amounts need an asset, and go from the smaller to the larger.",
        "approver_group.not_found": "There is no group {approver_group} in this book.",
        "approver_group.exists": "Group {approver_group} exists already.",
        "approver_group.member_unknown": "{member} is nobody who may approve in this book.",
        "delegation.not_found": "There is no delegation {delegation} in this book.",
        "delegation.exists": "Delegation {delegation} exists already.",
        "delegation.self": "Nobody delegates to themselves.",
        "delegation.foreign": "Only {delegator} or an administrator may do this.",
        "delegation.period_invalid": "A delegation ends after it begins, in the future, and lasts {most} days at most.",
        "delegation.over": "Delegation {delegation} is over.",
        "delegation.none": "{delegator} has not delegated to {delegate} at this time.",
        "delegation.delegator_gone": "{delegator} has no role in this book any more.",
    }
)
