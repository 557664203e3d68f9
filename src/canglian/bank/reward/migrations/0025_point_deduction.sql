-- Points that take money off payments: what a scheme takes off for them, who has it done, and what a refund gave back.

ALTER TABLE point_scheme ADD COLUMN deduction jsonb;
ALTER TABLE point_member ADD COLUMN deducts boolean NOT NULL DEFAULT false;
ALTER TABLE point_exchange ADD COLUMN payment text;
ALTER TABLE point_exchange ADD COLUMN returned bigint NOT NULL DEFAULT 0;
ALTER TABLE point_exchange ADD COLUMN returned_amount bigint NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX point_exchange_payment ON point_exchange (book, payment, member) WHERE payment IS NOT NULL;
