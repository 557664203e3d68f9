"""Paying merchants out what they are owed: terms, the run of a business date, and the settlements that came of it."""
