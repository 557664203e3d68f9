"""The world outside that this room asks: the rail to accounts at other banks. It knows the wire alone."""
