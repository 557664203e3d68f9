-- A key that is a shared secret has no public half.

ALTER TABLE partner_key ALTER COLUMN public_key DROP NOT NULL;
