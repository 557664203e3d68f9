"""Services outside that rewards ask, played."""
