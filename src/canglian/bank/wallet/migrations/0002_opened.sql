-- Wallets by the business date on which they were opened: the figures of a day and the lists behind them.
CREATE INDEX wallet_opened ON wallet (book, opened_on, id);
