"""What is seen from outside: satellite scenes turned into figures per parcel and season. Empty today."""
