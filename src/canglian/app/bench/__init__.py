"""The benchmarks of the whole product as it is served, and the command that runs those of all rooms.

Each prints progress on stderr and, as its last line on stdout, one JSON object with ``bench``, ``figures`` and
``bars``; the exit code is 1 when a bar does not hold.
"""
