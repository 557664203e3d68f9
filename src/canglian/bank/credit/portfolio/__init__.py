"""All loans together: how months of drawing have gone bad, what falls due when, what would be if."""
