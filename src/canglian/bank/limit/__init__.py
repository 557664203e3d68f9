"""What one party, account or instrument may move at once, in a day and in a year. Empty today."""
