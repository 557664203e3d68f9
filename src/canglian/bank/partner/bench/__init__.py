"""The benchmark of the open API."""
