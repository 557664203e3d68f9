-- The outbox: who wants to hear of events, what was sent, and what could not be delivered.

CREATE TABLE receiver (
    book            integer     NOT NULL,
    id              text        NOT NULL,
    name            text        NOT NULL,
    url             text        NOT NULL,
    kinds           jsonb       NOT NULL,
    secret          text        NOT NULL,
    previous_secret text,
    previous_until  timestamptz,
    state           text        NOT NULL,
    cursor          bigint      NOT NULL,
    tries           bigint      NOT NULL,
    tries_max       bigint      NOT NULL,
    delay_ms        bigint      NOT NULL,
    next_at         timestamptz,
    problem         text,
    leased_by       text,
    leased_until    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (book, id)
) WITH (fillfactor = 50);

CREATE TABLE delivery (
    book        integer     NOT NULL,
    id          bigint      NOT NULL,
    receiver    text        NOT NULL,
    event       bigint      NOT NULL,
    dead_letter bigint,
    attempt     bigint      NOT NULL,
    at          timestamptz NOT NULL,
    delivered   boolean     NOT NULL,
    status      bigint,
    problem     text,
    duration_ms bigint      NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX delivery_receiver ON delivery (book, receiver, id);
CREATE INDEX delivery_event ON delivery (book, event, id);

CREATE TABLE dead_letter (
    book       integer     NOT NULL,
    id         bigint      NOT NULL,
    receiver   text        NOT NULL,
    event      bigint      NOT NULL,
    tries      bigint      NOT NULL,
    status     bigint,
    problem    text        NOT NULL,
    state      text        NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX dead_letter_state ON dead_letter (book, state, id);
CREATE INDEX dead_letter_receiver ON dead_letter (book, receiver, id);
