"""Money for a purpose for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.purpose.console import (
    contract,
    drafting,
    granting,
    importing,
    lists,
    picking,
    prepaid,
    simulation,
    templates,
)

HANDLERS = (
    *lists.handlers,
    *drafting.handlers,
    *granting.handlers,
    *importing.handlers,
    *contract.handlers,
    *simulation.handlers,
    *picking.handlers,
    *templates.handlers,
    *prepaid.handlers,
)
"""The pages of contracts, their grants and movements, and of templates."""
