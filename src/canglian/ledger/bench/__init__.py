"""The ledger's benchmarks, and what the benchmarks of all rooms build on: a database and a book of their own, a report
with bars, a load over HTTP, servers in processes, transfers by an ORM to be compared with.

A benchmark is a module with ``run(folder, size)``, which measures below a folder and gives a ``Report``, and with its
sizes ``FULL``, ``QUICK`` and ``TINY``. Its room names it in its ``RoomConfig``.
"""
