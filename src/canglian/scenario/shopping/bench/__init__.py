"""Benchmarks of shopping seasons."""
