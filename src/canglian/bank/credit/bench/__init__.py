"""Figures of credit against bars."""
