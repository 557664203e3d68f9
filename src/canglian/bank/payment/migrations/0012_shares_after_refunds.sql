-- A share that is given after a refund comes back in its part of what was left of the payment then.

ALTER TABLE split_share ADD COLUMN refunded_before bigint NOT NULL DEFAULT 0;
