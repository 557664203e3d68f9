-- Products whose first instalments pay interest alone, or which leave a part of the principal to the last one.

ALTER TABLE loan_product
    ADD COLUMN grace_instalments bigint NOT NULL DEFAULT 0,
    ADD COLUMN balloon_bps bigint NOT NULL DEFAULT 0;
ALTER TABLE loan_product ALTER COLUMN grace_instalments DROP DEFAULT, ALTER COLUMN balloon_bps DROP DEFAULT;
