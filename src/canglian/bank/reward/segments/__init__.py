"""Segments: named sets of people for whom an offer is. Rooms above add kinds of them (``registry.register``)."""
