"""The benchmark of rule sets."""
