-- One-time codes of remote openings, kept as a keyed hash alone, and the figures of their rules.

ALTER TABLE remote_opening
    ADD COLUMN code_index    text,
    ADD COLUMN code_until    timestamptz,
    ADD COLUMN code_asked_at timestamptz,
    ADD COLUMN codes         bigint NOT NULL DEFAULT 0;

ALTER TABLE party_policy
    ADD COLUMN code_minutes       bigint NOT NULL DEFAULT 5,
    ADD COLUMN code_tries         bigint NOT NULL DEFAULT 5,
    ADD COLUMN code_pause_seconds bigint NOT NULL DEFAULT 60,
    ADD COLUMN code_sends         bigint NOT NULL DEFAULT 5,
    ADD COLUMN code_day_sends     bigint NOT NULL DEFAULT 10;
