"""Facilities: one limit for each customer over all products, what is drawn and held of it."""
