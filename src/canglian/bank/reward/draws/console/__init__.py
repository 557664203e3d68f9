"""Draws for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.reward.draws.console import draw, lists, win

HANDLERS = (*lists.handlers, *draw.handlers, *win.handlers)
"""The pages of draws and prizes."""
