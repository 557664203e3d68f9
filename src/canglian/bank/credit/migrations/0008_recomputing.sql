-- Repayments that are reversed or back-dated: from when a transaction counts, and what it takes back.

ALTER TABLE loan_transaction
    ADD COLUMN value_date date,
    ADD COLUMN reverses text,
    ADD COLUMN earned bigint,
    ADD COLUMN reason text;
