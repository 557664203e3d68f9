"""What bounds offers beside their stock: caps on who claims, budgets of a day and of a store, and when claims open."""
