"""Prepaid cards in custody as they are shown: to their buyers, and to the merchant, who sees them and moves nothing."""
