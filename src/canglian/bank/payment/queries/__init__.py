"""What screens, APIs and jobs read of payments."""
