-- Receivers whose events do not wait for one another, and receivers of the events about one thing.

ALTER TABLE receiver ADD COLUMN ladder jsonb NOT NULL DEFAULT '[]';
ALTER TABLE receiver ADD COLUMN about jsonb NOT NULL DEFAULT '{}';
ALTER TABLE dead_letter ADD COLUMN next_at timestamptz;
CREATE INDEX dead_letter_next ON dead_letter (book, receiver, next_at) WHERE next_at IS NOT NULL;
