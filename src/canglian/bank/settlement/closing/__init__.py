"""The end of a business day: its steps in order, resumable wherever it is stopped, each failed item by itself.

Rooms register their steps with ``steps.register``; ``builtin`` has those of this room and of the rooms below.
"""
