"""Points, coupons, draws and other benefits with their budgets. Empty today."""
