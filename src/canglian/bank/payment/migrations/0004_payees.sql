-- What money for a purpose asks of a payee: the lists that it is on, and the kinds of goods that are paid for.

ALTER TABLE merchant ADD COLUMN lists jsonb NOT NULL DEFAULT '[]';
ALTER TABLE payment_order ADD COLUMN goods jsonb NOT NULL DEFAULT '[]';
