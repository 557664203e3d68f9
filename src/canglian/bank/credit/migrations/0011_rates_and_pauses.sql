-- Rates that are agreed for later days, and days without interest.

ALTER TABLE loan
    ADD COLUMN grown bigint NOT NULL DEFAULT 0,
    ADD COLUMN rate_changes jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN pauses jsonb NOT NULL DEFAULT '[]';
ALTER TABLE loan
    ALTER COLUMN grown DROP DEFAULT, ALTER COLUMN rate_changes DROP DEFAULT, ALTER COLUMN pauses DROP DEFAULT;
ALTER TABLE loan_interest ADD COLUMN grown bigint NOT NULL DEFAULT 0;
ALTER TABLE loan_interest ALTER COLUMN grown DROP DEFAULT;
ALTER TABLE loan_plan
    ADD COLUMN rate_changes jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN pauses jsonb NOT NULL DEFAULT '[]';
ALTER TABLE loan_plan ALTER COLUMN rate_changes DROP DEFAULT, ALTER COLUMN pauses DROP DEFAULT;
