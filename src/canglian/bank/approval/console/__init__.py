"""Approval's pages: my tasks, proposals, policies, groups and delegations."""

from canglian.bank.approval.console import configuration, delegations, filing, lists, proposal

HANDLERS = (
    *lists.handlers,
    *filing.handlers,
    *proposal.handlers,
    *configuration.handlers,
    *delegations.handlers,
)
"""Without a prefix; the composition root puts them below ``/console``."""
