"""A group's treasury: accounts in one view, sweeping, budgets and payments with approval. Empty today."""
