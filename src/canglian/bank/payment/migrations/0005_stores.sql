-- Stores and staff of merchants, their web sites and risk; steps of fees; where an order sends its payer back to.

ALTER TABLE merchant ADD COLUMN origins jsonb NOT NULL DEFAULT '[]';
ALTER TABLE merchant ADD COLUMN risk text NOT NULL DEFAULT 'normal';
ALTER TABLE fee_schedule ADD COLUMN steps jsonb NOT NULL DEFAULT '[]';
ALTER TABLE payment_order ADD COLUMN store text;
ALTER TABLE payment_order ADD COLUMN region text;
ALTER TABLE payment_order ADD COLUMN return_url text;

CREATE TABLE merchant_store (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    merchant   text        NOT NULL,
    code       text        NOT NULL,
    name       text        NOT NULL,
    region     text        NOT NULL,
    address    text        NOT NULL,
    state      text        NOT NULL,
    added_at   timestamptz NOT NULL,
    added_by   text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX merchant_store_code ON merchant_store (book, merchant, code);
CREATE INDEX merchant_store_merchant ON merchant_store (book, merchant, id);

CREATE TABLE merchant_staff (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    merchant   text        NOT NULL,
    party      text        NOT NULL,
    role       text        NOT NULL,
    added_at   timestamptz NOT NULL,
    added_by   text        NOT NULL,
    removed_at timestamptz,
    removed_by text,
    PRIMARY KEY (book, id)
);
CREATE INDEX merchant_staff_merchant ON merchant_staff (book, merchant, id);
CREATE INDEX merchant_staff_party ON merchant_staff (book, party, id);
CREATE INDEX split_claim_merchant ON split_claim (book, merchant, id);
