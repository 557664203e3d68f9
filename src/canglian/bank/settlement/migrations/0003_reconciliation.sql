-- Reconciliation: the figures by version, the days of each channel, and what differs between its three sides.

CREATE TABLE reconciliation_policy (
    book           integer     NOT NULL,
    effective_from date        NOT NULL,
    rules          text        NOT NULL,
    grace_days     bigint      NOT NULL,
    medium_from    bigint      NOT NULL,
    high_from      bigint      NOT NULL,
    note           text        NOT NULL,
    added_at       timestamptz NOT NULL,
    added_by       text        NOT NULL,
    PRIMARY KEY (book, effective_from)
);
CREATE INDEX reconciliation_policy_rules ON reconciliation_policy (book, rules);

CREATE TABLE reconciliation_day (
    book       integer     NOT NULL,
    date       date        NOT NULL,
    channel    text        NOT NULL,
    state      text        NOT NULL,
    sides      jsonb       NOT NULL,
    bridges    jsonb       NOT NULL,
    matched    jsonb       NOT NULL,
    pending    bigint      NOT NULL,
    breaks     bigint      NOT NULL,
    run        bigint      NOT NULL,
    digest     text        NOT NULL,
    first_at   timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text        NOT NULL,
    PRIMARY KEY (book, date, channel)
);

CREATE TABLE reconciliation_difference (
    book        integer     NOT NULL,
    id          text        NOT NULL,
    date        date        NOT NULL,
    channel     text        NOT NULL,
    side        text        NOT NULL,
    kind        text        NOT NULL,
    key         text        NOT NULL,
    found       bigint      NOT NULL,
    expected    bigint      NOT NULL,
    difference  bigint      NOT NULL,
    priority    text        NOT NULL,
    state       text        NOT NULL,
    grace_until date        NOT NULL,
    assignee    text,
    resolution  text,
    reason      text,
    reopened    bigint      NOT NULL,
    first_at    timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    updated_by  text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX reconciliation_difference_key ON reconciliation_difference (book, channel, key);
CREATE INDEX reconciliation_difference_day ON reconciliation_difference (book, date, channel, id);
CREATE INDEX reconciliation_difference_pending ON reconciliation_difference (book, grace_until, id)
    WHERE state = 'pending';
