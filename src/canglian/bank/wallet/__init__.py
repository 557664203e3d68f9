"""Wallets, their tiers and sub-wallets, for money in CNY and e-CNY. Empty today."""
