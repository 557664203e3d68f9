"""Scores with their reasons, computed by versioned models from recorded facts. Empty today."""
