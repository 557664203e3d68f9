"""Points as money off payments: what they take off, who has it done, and what a refund gives back."""
