"""Deposit accounts of Class I, II and III with their caps, interest and states. Empty today."""
