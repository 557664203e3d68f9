"""The benchmark of chain finance."""
