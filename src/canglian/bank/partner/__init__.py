"""Organisations that reach the bank through its API: their onboarding, keys, permissions and exit.

Empty today.
"""
