-- What was advanced on a voucher that is not paid becomes a loan of the core company.

ALTER TABLE voucher_financing ADD COLUMN loan text;
