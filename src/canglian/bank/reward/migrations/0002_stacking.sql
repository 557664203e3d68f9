-- Offers whose coupons are used together, and the order in which they apply.

ALTER TABLE campaign_offer ADD COLUMN stacks boolean NOT NULL DEFAULT false;
ALTER TABLE campaign_offer ADD COLUMN rank bigint NOT NULL DEFAULT 1;
