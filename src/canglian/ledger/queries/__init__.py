"""What screens, the API and the command line read of the ledger. Nothing here changes anything."""
