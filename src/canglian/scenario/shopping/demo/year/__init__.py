"""A branch of the demo that has lived a whole year: 200 campaigns, with people, merchants and payments behind them."""

from canglian.scenario.shopping.demo.year.days import live_year

__all__ = ["live_year"]
