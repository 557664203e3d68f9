"""Pay-later: a hold on a facility is captured as a bill, which is due without interest some days later.

Each bill is a loan of a pay-later product with one instalment, so it falls due, bears the penalty, has its class and is
written off as loans are. Turned into instalments, another loan pays it back. Rooms above open and refund bills by
``billing``; relatives on record repay without seeing what is owed.
"""
