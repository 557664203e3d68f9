"""The composition root: configuration, command line, server, scheduler and demo data.

It wires the floors below into one program; no floor below knows it.
"""
