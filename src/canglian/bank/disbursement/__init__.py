"""Paying many people at once from one mandate: subsidies, wages, rents. Empty today."""
