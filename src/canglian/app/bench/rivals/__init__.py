"""What the HTTP benchmark is measured against: two endpoints that post a transfer, served like the product.

Both are written as well as their friends would write them: the same ASGI server and event loop, no framework in
between, a pool of 20 connections, prepared statements, the same tables with the same indexes, the same durability,
a balance check under locks taken in one order, and an idempotency row in the same transaction. Neither keeps a
command log, events or an audit chain.

    python -m canglian.app.bench.rivals orm|statement
"""
