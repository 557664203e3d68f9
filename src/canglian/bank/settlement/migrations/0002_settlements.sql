-- Settlements of merchants: terms, what became of each account on a business date, how far it is settled, cut-offs;
-- and the end of a business day with its steps and the items that failed.

CREATE TABLE settlement_terms (
    book        integer     NOT NULL,
    merchant    text        NOT NULL,
    cycle       bigint      NOT NULL,
    minimum     bigint      NOT NULL,
    hold_reason text,
    updated_at  timestamptz NOT NULL,
    updated_by  text        NOT NULL,
    PRIMARY KEY (book, merchant)
);

CREATE TABLE settlement (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    merchant       text        NOT NULL,
    asset          text        NOT NULL,
    account        bigint      NOT NULL,
    date           date        NOT NULL,
    after_transfer bigint      NOT NULL,
    last_transfer  bigint      NOT NULL,
    carried_in     bigint      NOT NULL,
    gross          bigint      NOT NULL,
    refunds        bigint      NOT NULL,
    fees           bigint      NOT NULL,
    tax            bigint      NOT NULL,
    splits_in      bigint      NOT NULL,
    splits_out     bigint      NOT NULL,
    claims_in      bigint      NOT NULL,
    other          bigint      NOT NULL,
    net            bigint      NOT NULL,
    kept_back      bigint      NOT NULL,
    claims_out     bigint      NOT NULL,
    paid_out       bigint      NOT NULL,
    carried_out    bigint      NOT NULL,
    state          text        NOT NULL,
    reason         text,
    destination    text,
    transfer       bigint,
    at             timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX settlement_account ON settlement (book, account, date);
CREATE INDEX settlement_merchant ON settlement (book, merchant, date, id);
CREATE INDEX settlement_date ON settlement (book, date, id);

CREATE TABLE settlement_position (
    book          integer NOT NULL,
    account       bigint  NOT NULL,
    merchant      text    NOT NULL,
    settlement    text    NOT NULL,
    date          date    NOT NULL,
    last_transfer bigint  NOT NULL,
    carried       bigint  NOT NULL,
    PRIMARY KEY (book, account)
);

CREATE TABLE cutoff (
    book          integer     NOT NULL,
    date          date        NOT NULL,
    last_transfer bigint      NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (book, date)
);

CREATE TABLE eod_run (
    book       integer     NOT NULL,
    date       date        NOT NULL,
    state      text        NOT NULL,
    started_at timestamptz NOT NULL,
    started_by text        NOT NULL,
    ended_at   timestamptz,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, date)
);

CREATE TABLE eod_step (
    book       integer     NOT NULL,
    date       date        NOT NULL,
    name       text        NOT NULL,
    position   bigint      NOT NULL,
    state      text        NOT NULL,
    total      bigint      NOT NULL,
    done       bigint      NOT NULL,
    failed     bigint      NOT NULL,
    figures    jsonb       NOT NULL,
    started_at timestamptz,
    ended_at   timestamptz,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, date, name)
);

CREATE TABLE eod_failure (
    book        integer     NOT NULL,
    date        date        NOT NULL,
    step        text        NOT NULL,
    item        text        NOT NULL,
    code        text        NOT NULL,
    tries       bigint      NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    resolved_at timestamptz,
    PRIMARY KEY (book, date, step, item)
);
