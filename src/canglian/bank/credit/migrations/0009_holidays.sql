-- Products whose instalments are moved to a business day.

ALTER TABLE loan_product ADD COLUMN holidays text NOT NULL DEFAULT 'none';
ALTER TABLE loan_product ALTER COLUMN holidays DROP DEFAULT;
