"""How rules are read, checked, compiled and run; pure, and knowing nothing of books."""
