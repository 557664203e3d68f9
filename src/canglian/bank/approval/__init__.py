"""Two pairs of eyes: a request that somebody else has to approve before its command takes effect.

Empty today.
"""
