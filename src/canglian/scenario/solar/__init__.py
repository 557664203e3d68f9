"""Household photovoltaics: grid income that repays the loan for the roof it comes from. Empty today."""
