"""What screens, APIs and jobs read of deposit accounts."""
