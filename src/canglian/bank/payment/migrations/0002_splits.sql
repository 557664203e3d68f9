-- Splits: what of a payment goes on to other merchants, and what they owe back.

ALTER TABLE payment_order ADD COLUMN split boolean NOT NULL DEFAULT false;
ALTER TABLE payment ADD COLUMN split_until date;
ALTER TABLE payment_line ADD COLUMN split bigint NOT NULL DEFAULT 0;
CREATE INDEX payment_split_until ON payment (book, split_until, id) WHERE split_until IS NOT NULL;

CREATE TABLE split_share (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    payment    text        NOT NULL,
    merchant   text        NOT NULL,
    number     text        NOT NULL,
    position   bigint      NOT NULL,
    receiver   text        NOT NULL,
    amount     bigint      NOT NULL,
    returned   bigint      NOT NULL,
    legs       jsonb       NOT NULL,
    state      text        NOT NULL,
    until      date        NOT NULL,
    asked_on   date        NOT NULL,
    asked_at   timestamptz NOT NULL,
    asked_by   text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX split_share_number ON split_share (book, merchant, number, position);
CREATE INDEX split_share_payment ON split_share (book, payment, id);
CREATE INDEX split_share_receiver ON split_share (book, receiver, id);
CREATE INDEX split_share_pending ON split_share (book, id) WHERE state = 'pending';

CREATE TABLE split_claim (
    book     integer     NOT NULL,
    id       text        NOT NULL,
    share    text        NOT NULL,
    refund   text        NOT NULL,
    receiver text        NOT NULL,
    merchant text        NOT NULL,
    asset    text        NOT NULL,
    amount   bigint      NOT NULL,
    "on"     date        NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX split_claim_receiver ON split_claim (book, receiver, id);
