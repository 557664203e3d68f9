-- Money of grants that is set aside for payments which are taken later.

ALTER TABLE purpose_contract ADD COLUMN held bigint NOT NULL DEFAULT 0;
ALTER TABLE purpose_grant ADD COLUMN held bigint NOT NULL DEFAULT 0;
