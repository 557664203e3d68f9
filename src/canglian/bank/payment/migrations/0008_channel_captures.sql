-- Captures by the card and QR channel, one at a time for each payment.

ALTER TABLE channel_order ADD COLUMN gross bigint;
ALTER TABLE channel_order ADD COLUMN final boolean NOT NULL DEFAULT false;
ALTER TABLE payment ADD COLUMN capturing bigint NOT NULL DEFAULT 0;
