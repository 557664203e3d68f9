"""Reading and computing over what the floors below have recorded: scorecards, sensing, metrics. It moves no money."""
