-- What settlements have collected of claims, and what is kept back of a merchant's payments to be split.

ALTER TABLE split_claim ADD COLUMN collected bigint NOT NULL DEFAULT 0;
ALTER TABLE split_claim ADD COLUMN collected_on date;
CREATE INDEX split_claim_open ON split_claim (book, receiver, id) WHERE collected < amount;
CREATE INDEX payment_kept_back ON payment (book, merchant, split_until) WHERE split_until IS NOT NULL;
