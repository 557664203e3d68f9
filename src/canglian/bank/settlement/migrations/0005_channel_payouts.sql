-- The channel's fee and payout of a day, as they were booked by its file.

ALTER TABLE reconciliation_day ADD COLUMN fee_booked bigint NOT NULL DEFAULT 0;
ALTER TABLE reconciliation_day ADD COLUMN paid_out_booked bigint NOT NULL DEFAULT 0;
