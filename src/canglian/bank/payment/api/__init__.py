"""Payments over HTTP: lists, and what is sent in plain."""
