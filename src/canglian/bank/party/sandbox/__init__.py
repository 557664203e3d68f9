"""Worlds outside that this room asks: identity checks and short messages. They know the wire alone."""
