"""The world outside that this room asks: the card and QR channel. It knows the wire alone."""
