"""Approval's error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "approval.required": "Approval required: submit an approval request.",
        "approval.kind_unknown": "Commands of kind {kind} do not support approval.",
        "approval.not_covered": "No policy covers this, so no approval is needed: submit it directly.",
        "approval.users_only": "Only people approve here, not API keys.",
        "approval.own": "You cannot approve your own request.",
        "approval.own_delegator": "{maker} submitted this and has delegated to you, so you cannot approve it.",
        "approval.voted_already": "{voter} has already decided on this request.",
        "approval.not_in_group": "{voter} is not in the group {group}, whose approval is pending.",
        "approval.role_needed": "Approval by the role {needed} is pending; {voter} has another role.",
        "approval.seen_another": "The request was reconfirmed since you opened it; review it again.",
        "approval.object_changed": (
            "The subject of this request has changed since it was submitted: "
            "{changed}. The maker must reconfirm it or submit a new request."
        ),
        "proposal.not_found": "There is no approval request {proposal} in this book.",
        "proposal.not_pending": "Approval request {proposal} is {state}.",
        "proposal.expired": "Approval request {proposal} expired at {expires_at}.",
        "proposal.waiting": (
            "Approval request {waiting} about the same is still pending; it has to be decided or withdrawn."
        ),
        "proposal.customer_unknown": "No customer is known by this: type the whole name, mobile or identity number.",
        "proposal.customer_several": (
            "Several customers are known by this: open the right one and submit it from there."
        ),
        "proposal.not_due": "Approval request {proposal} has not expired yet.",
        "proposal.not_maker": "Only {maker}, who submitted it, may do this.",
        "proposal.unchanged": "The subject of this request has not changed; there is nothing to confirm.",
        "proposal.payload_malformed": "The command cannot be read: {problem}.",
        "approval_policy.not_found": "There is no policy {approval_policy} in this book.",
        "approval_policy.exists": "Policy {approval_policy} exists already.",
        "approval_policy.effective_past": "A version takes effect on {today} or later, not on {effective_from}.",
        "approval_policy.kind_fixed": "Policy {code} is about {kind}; make another one for another kind.",
        "approval_policy.tier_invalid": "Step {tier} names either a group or a role that may approve.",
        "approval_policy.group_small": "Group {group} has {members} members; step {tier} requires {votes} approvals.",
        "approval_policy.amounts_invalid": "Amounts need an asset, and go from the smaller to the larger.",
        "approver_group.not_found": "There is no group {approver_group} in this book.",
        "approver_group.exists": "Group {approver_group} exists already.",
        "approver_group.member_unknown": "{member} has no approval permission in this book.",
        "delegation.not_found": "There is no delegation {delegation} in this book.",
        "delegation.exists": "Delegation {delegation} exists already.",
        "delegation.self": "You cannot delegate to yourself.",
        "delegation.foreign": "Only {delegator} or an administrator may do this.",
        "delegation.period_invalid": "A delegation ends after it begins, in the future, and lasts {most} days at most.",
        "delegation.over": "Delegation {delegation} has ended.",
        "delegation.none": "{delegator} has no current delegation to {delegate}.",
        "delegation.delegator_gone": "{delegator} no longer has a role in this book.",
    }
)
