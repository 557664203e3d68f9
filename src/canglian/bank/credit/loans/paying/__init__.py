"""Money that comes in for a loan: in which order it pays what is owed, and the plan that is left afterwards."""
