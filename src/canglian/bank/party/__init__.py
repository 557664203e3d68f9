"""People and organisations, how far each has been verified, and what each has consented to. Empty today."""
