"""Quotes: the best lawful combination of somebody's coupons for an order, kept for it while its window lasts."""
