"""The benchmark of rewards."""
