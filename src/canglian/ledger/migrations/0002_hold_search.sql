-- Holds are found by their reference and metadata, as accounts and transfers are.

CREATE INDEX hold_reference ON hold (book, reference, id) WHERE reference IS NOT NULL;
CREATE INDEX hold_metadata ON hold USING gin (metadata jsonb_path_ops) WHERE metadata IS NOT NULL;
