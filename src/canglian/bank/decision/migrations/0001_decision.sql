-- Rule sets: their versions, and how one in the shadow compares with the champion.

CREATE TABLE rule_set (
    book       integer     NOT NULL,
    code       text        NOT NULL,
    name       text        NOT NULL,
    latest     bigint      NOT NULL,
    champion   bigint,
    shadow     bigint,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, code)
);

CREATE TABLE rule_version (
    book        integer     NOT NULL,
    code        text        NOT NULL,
    version     bigint      NOT NULL,
    state       text        NOT NULL,
    hash        text        NOT NULL,
    inputs      jsonb       NOT NULL,
    document    text        NOT NULL,
    cases       jsonb       NOT NULL,
    note        text        NOT NULL,
    drafted_at  timestamptz NOT NULL,
    drafted_by  text        NOT NULL,
    tested_at   timestamptz,
    approved_at timestamptz,
    updated_at  timestamptz NOT NULL,
    reason      text,
    PRIMARY KEY (book, code, version)
);
CREATE INDEX rule_version_code ON rule_version (book, code);

CREATE TABLE rule_shadow (
    book       integer     NOT NULL,
    code       text        NOT NULL,
    version    bigint      NOT NULL,
    decided    bigint      NOT NULL,
    same       bigint      NOT NULL,
    pairs      jsonb       NOT NULL,
    since      date        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, code, version)
) WITH (fillfactor = 70);
