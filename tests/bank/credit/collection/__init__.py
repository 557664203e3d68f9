"""Collection of loans."""
