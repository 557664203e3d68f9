"""Applications for credit: decided by rules or by a person, offered, signed."""
