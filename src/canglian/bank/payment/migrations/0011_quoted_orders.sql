-- What of an order is no goods, and the quote that keeps discounts for it.

ALTER TABLE payment_order ADD COLUMN shipping bigint NOT NULL DEFAULT 0;
ALTER TABLE payment_order ADD COLUMN quote text;
