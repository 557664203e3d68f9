-- The lines that a difference is about; and how often a run of a day was begun, so that only the last one records.

ALTER TABLE reconciliation_difference ADD COLUMN lines jsonb NOT NULL DEFAULT '[]';
ALTER TABLE reconciliation_day ADD COLUMN begun bigint NOT NULL DEFAULT 0;
