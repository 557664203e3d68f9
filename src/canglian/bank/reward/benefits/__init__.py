"""Benefits (权益): claimed without a payment, and redeemed at a merchant by a code, which the funders then pay."""
