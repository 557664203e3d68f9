-- Who changed a draft, and how coupons are earned that nobody claims.

ALTER TABLE campaign ADD COLUMN revised_by jsonb NOT NULL DEFAULT '[]';
ALTER TABLE campaign_offer ADD COLUMN earning jsonb;
