-- Whose dead letters are due, asked once for all receivers.

CREATE INDEX dead_letter_due ON dead_letter (book, next_at, receiver) WHERE next_at IS NOT NULL;
