"""Published rates that loans may follow, such as the loan prime rate (LPR), by version."""
