"""Scenario finance: each room puts the bank's building blocks to work in one place where people already are.

Rooms are siblings and never import each other. The app finds them through the entry-point group
``canglian.scenarios``, so that a bank can ship its own without a fork.
"""
