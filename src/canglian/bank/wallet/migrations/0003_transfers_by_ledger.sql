-- A line of a statement asks what the movement of the ledger was between wallets.
CREATE INDEX wallet_transfer_ledger ON wallet_transfer (book, transfer);
