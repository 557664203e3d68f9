-- The kernel's own tables. Every key starts with the book; nothing refers across books.

CREATE TABLE book (
    book     integer PRIMARY KEY,
    sequence bigint  NOT NULL,
    commands bigint  NOT NULL,
    events   bigint  NOT NULL,
    today    date    NOT NULL,
    seed     bytea   NOT NULL,
    hash     bytea   NOT NULL,
    counters jsonb   NOT NULL
) WITH (fillfactor = 20);

CREATE TABLE batch (
    book          integer     NOT NULL,
    number        bigint      NOT NULL,
    at            timestamptz NOT NULL,
    today         date        NOT NULL,
    first_command bigint      NOT NULL,
    last_command  bigint      NOT NULL,
    previous      bytea       NOT NULL,
    hash          bytea       NOT NULL,
    PRIMARY KEY (book, number)
);
CREATE INDEX batch_at ON batch (book, at);

CREATE TABLE command (
    book       integer     NOT NULL,
    number     bigint      NOT NULL,
    batch      bigint      NOT NULL,
    at         timestamptz NOT NULL,
    kind       text        NOT NULL,
    actor      text        NOT NULL,
    key        text,
    status     text        NOT NULL,
    code       text,
    payload    text        NOT NULL,
    result     text,
    request_id text,
    PRIMARY KEY (book, number)
);
-- Payloads of bulk commands are written once and seldom read: compressing them costs more than it saves.
ALTER TABLE command ALTER COLUMN payload SET STORAGE EXTERNAL, ALTER COLUMN result SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX command_key ON command (book, key) WHERE key IS NOT NULL;

CREATE TABLE event (
    book    integer     NOT NULL,
    number  bigint      NOT NULL,
    command bigint      NOT NULL,
    at      timestamptz NOT NULL,
    kind    text        NOT NULL,
    subject text        NOT NULL,
    payload jsonb       NOT NULL,
    PRIMARY KEY (book, number)
);
CREATE INDEX event_kind ON event (book, kind, number);
CREATE INDEX event_subject ON event (book, subject, number);
