"""The benchmarks: every figure that the documentation names, measured here and now against baselines of the same run.

Each prints progress on stderr and, as its last line on stdout, one JSON object with ``bench``, ``figures`` and
``bars``; the exit code is 1 when a bar does not hold.
"""
