"""Sandboxes: worlds outside the bank, as programs to try and to test with.

Each speaks HTTP with signatures (``docs/reference/outside.md``), keeps what it did in a file of JSON lines, so that a
restart forgets nothing, and misbehaves on demand: to be slow, to fail, to be silent, to lose its answer, to do
things twice or out of order, to sign with a wrong key. Nothing in them is the bank's, and the bank knows nothing of
them but the wire.

The room whose service a world plays brings it: ``WORLD`` in the module of its name in the room's package ``sandbox``,
which its ``RoomConfig`` names.
"""
