-- The ledger's tables. Balances are stored columns, kept by every transfer and hold.

CREATE TABLE asset (
    book  integer NOT NULL,
    code  text    NOT NULL,
    name  text    NOT NULL,
    scale bigint  NOT NULL,
    PRIMARY KEY (book, code)
);

CREATE TABLE head (
    book        integer NOT NULL,
    code        text    NOT NULL,
    name        text    NOT NULL,
    head_class  text    NOT NULL,
    normal_side text    NOT NULL,
    PRIMARY KEY (book, code)
);

CREATE TABLE account (
    book        integer     NOT NULL,
    id          bigint      NOT NULL,
    asset       text        NOT NULL,
    head        text        NOT NULL,
    normal_side text        NOT NULL,
    state       text        NOT NULL,
    floor       bigint,
    ceiling     bigint,
    purpose     text,
    owner       text,
    name        text,
    reference   text,
    metadata    jsonb,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX account_head ON account (book, head, asset, id);
CREATE INDEX account_owner ON account (book, owner, id) WHERE owner IS NOT NULL;
CREATE UNIQUE INDEX account_reference ON account (book, reference) WHERE reference IS NOT NULL;
CREATE INDEX account_metadata ON account USING gin (metadata jsonb_path_ops) WHERE metadata IS NOT NULL;

CREATE TABLE balance (
    book          integer     NOT NULL,
    account       bigint      NOT NULL,
    debits        bigint      NOT NULL,
    credits       bigint      NOT NULL,
    debits_held   bigint      NOT NULL,
    credits_held  bigint      NOT NULL,
    entries       bigint      NOT NULL,
    last_transfer bigint      NOT NULL,
    date          date        NOT NULL,
    happened_at   timestamptz NOT NULL,
    PRIMARY KEY (book, account)
) WITH (fillfactor = 50);

CREATE TABLE transfer (
    book           integer     NOT NULL,
    id             bigint      NOT NULL,
    debit          bigint      NOT NULL,
    credit         bigint      NOT NULL,
    amount         bigint      NOT NULL CHECK (amount > 0),
    asset          text        NOT NULL,
    code           text        NOT NULL,
    date           date        NOT NULL,
    happened_at    timestamptz NOT NULL,
    booked_at      timestamptz NOT NULL,
    debit_balance  bigint      NOT NULL,
    credit_balance bigint      NOT NULL,
    command        bigint      NOT NULL,
    flags          bigint      NOT NULL,
    "group"        bigint,
    hold           bigint,
    reverses       bigint,
    reference      text,
    metadata       jsonb,
    PRIMARY KEY (book, id)
);
CREATE INDEX transfer_debit ON transfer (book, debit, id);
CREATE INDEX transfer_credit ON transfer (book, credit, id);
CREATE INDEX transfer_late_debit ON transfer (book, debit, happened_at) WHERE flags & 1 = 1;
CREATE INDEX transfer_late_credit ON transfer (book, credit, happened_at) WHERE flags & 2 = 2;
CREATE INDEX transfer_group ON transfer (book, "group", id) WHERE "group" IS NOT NULL;
CREATE INDEX transfer_hold ON transfer (book, hold, id) WHERE hold IS NOT NULL;
CREATE INDEX transfer_reference ON transfer (book, reference, id) WHERE reference IS NOT NULL;
CREATE INDEX transfer_metadata ON transfer USING gin (metadata jsonb_path_ops) WHERE metadata IS NOT NULL;

CREATE TABLE hold (
    book       integer     NOT NULL,
    id         bigint      NOT NULL,
    debit      bigint      NOT NULL,
    credit     bigint      NOT NULL,
    amount     bigint      NOT NULL CHECK (amount > 0),
    captured   bigint      NOT NULL CHECK (captured BETWEEN 0 AND amount),
    asset      text        NOT NULL,
    code       text        NOT NULL,
    state      text        NOT NULL,
    reference  text,
    metadata   jsonb,
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX hold_debit ON hold (book, debit, id);
CREATE INDEX hold_credit ON hold (book, credit, id);
CREATE INDEX hold_due ON hold (book, expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE TABLE reversal (
    book        integer NOT NULL,
    transfer    bigint  NOT NULL,
    reversed_by bigint  NOT NULL,
    PRIMARY KEY (book, transfer)
);

CREATE TABLE balance_mark (
    book        integer     NOT NULL,
    account     bigint      NOT NULL,
    date        date        NOT NULL,
    transfer    bigint      NOT NULL,
    happened_at timestamptz NOT NULL,
    debits      bigint      NOT NULL,
    credits     bigint      NOT NULL,
    entries     bigint      NOT NULL,
    PRIMARY KEY (book, account, date, transfer)
);
