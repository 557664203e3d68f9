-- Pay-later: products whose limit pays bills, the bills, relatives who may repay and what they paid.

ALTER TABLE loan_product ADD COLUMN due_days bigint NOT NULL DEFAULT 0;
ALTER TABLE loan_product ALTER COLUMN due_days DROP DEFAULT;
ALTER TABLE loan ADD COLUMN bill text;

CREATE TABLE bill (
    book           integer NOT NULL,
    id             text NOT NULL,
    party          text NOT NULL,
    facility       text NOT NULL,
    product        text NOT NULL,
    version        bigint NOT NULL,
    asset          text NOT NULL,
    limit_hold     text NOT NULL,
    loan           text NOT NULL,
    instalments    text,
    wallet         text NOT NULL,
    payee          text,
    note           text NOT NULL,
    amount         bigint NOT NULL,
    refunded       bigint NOT NULL,
    state          text NOT NULL,
    unpaid         text,
    captured_on    date NOT NULL,
    due_on         date NOT NULL,
    settled_on     date,
    at             timestamptz NOT NULL,
    by             text NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX bill_party ON bill (book, party);
CREATE INDEX bill_unpaid ON bill (book, unpaid) WHERE unpaid IS NOT NULL;
CREATE INDEX bill_state ON bill (book, state, id);

CREATE TABLE relative (
    book           integer NOT NULL,
    id             text NOT NULL,
    party          text NOT NULL,
    payer          text NOT NULL,
    kind           text NOT NULL,
    pair           text,
    reason         text NOT NULL,
    at             timestamptz NOT NULL,
    by             text NOT NULL,
    ended_at       timestamptz,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX relative_pair ON relative (book, pair) WHERE pair IS NOT NULL;
CREATE INDEX relative_party ON relative (book, party);
CREATE INDEX relative_payer ON relative (book, payer);

CREATE TABLE relative_payment (
    book           integer NOT NULL,
    id             text NOT NULL,
    relative       text NOT NULL,
    party          text NOT NULL,
    payer          text NOT NULL,
    wallet         text NOT NULL,
    asset          text NOT NULL,
    amount         bigint NOT NULL,
    transfer       bigint NOT NULL,
    "on"           date NOT NULL,
    at             timestamptz NOT NULL,
    by             text NOT NULL,
    channel        text NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX relative_payment_relative ON relative_payment (book, relative);
