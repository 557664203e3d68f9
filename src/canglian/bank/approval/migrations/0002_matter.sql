-- What a proposal is to settle, where no other about it may wait at the same time; null once it has ended. Those that were
-- filed before are left as they are.
ALTER TABLE proposal ADD COLUMN matter text;
CREATE INDEX proposal_matter ON proposal (book, matter);
