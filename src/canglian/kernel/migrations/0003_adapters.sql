-- Adapters hear of events inside the server process, so nothing that they get is signed with a secret.

ALTER TABLE receiver ALTER COLUMN secret DROP NOT NULL;
