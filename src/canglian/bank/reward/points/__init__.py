"""Points: schemes with their rules, lots of people, earning, exchanging, expiring.

Promises: what remains of somebody's lots is, at every commit, what their account of the ledger has; lots are spent
oldest expiry first; what is given back goes to the lots it came from, with the expiry that they had.
"""
