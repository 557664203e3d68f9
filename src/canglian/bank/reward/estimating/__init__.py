"""What a campaign would have cost in a month that was: its offers, lived through with the payments of that time."""
