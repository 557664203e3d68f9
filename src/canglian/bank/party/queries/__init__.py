"""What screens and APIs read of parties: async SQL, read only."""
