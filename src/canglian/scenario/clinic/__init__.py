"""Hospitals: treatment first and payment later, split between insurance funds and the patient. Empty today."""
