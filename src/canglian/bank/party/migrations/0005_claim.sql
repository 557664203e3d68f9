-- Until when a number counts that a person named without proof; null for one that was proven or that staff registered.
-- When an operator said that a mobile which several people share signs in this one.

ALTER TABLE party ADD COLUMN claimed_until timestamptz;
ALTER TABLE party ADD COLUMN signs_in_since timestamptz;
CREATE INDEX party_claimed ON party (book, claimed_until) WHERE claimed_until IS NOT NULL AND number_index IS NOT NULL;
