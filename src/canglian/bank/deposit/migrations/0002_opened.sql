-- Accounts by the business date on which they were opened: the figures of a day and the lists behind them.
CREATE INDEX deposit_account_opened ON deposit_account (book, opened_on, id);
