"""The console's pages of shopping seasons."""

from canglian.scenario.shopping.console import bureau, effect, lists, place, season, theme

HANDLERS = (
    *lists.handlers,
    *season.handlers,
    *theme.handlers,
    *place.handlers,
    *effect.handlers,
    *bureau.handlers,
)
