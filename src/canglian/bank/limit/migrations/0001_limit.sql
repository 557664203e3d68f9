-- Limits: the rules by version, what is used of them in the periods under way, and overrides.

CREATE TABLE limit_rules (
    book           integer     NOT NULL,
    version        bigint      NOT NULL,
    rules          text        NOT NULL,
    effective_from date        NOT NULL,
    content        jsonb       NOT NULL,
    note           text        NOT NULL,
    added_on       date        NOT NULL,
    added_at       timestamptz NOT NULL,
    added_by       text        NOT NULL,
    PRIMARY KEY (book, version)
);
CREATE INDEX limit_rules_rules ON limit_rules (book, rules);

CREATE TABLE limit_tally (
    book      integer NOT NULL,
    holder    text    NOT NULL,
    used      jsonb   NOT NULL,
    overrides jsonb   NOT NULL,
    PRIMARY KEY (book, holder)
) WITH (fillfactor = 70);

CREATE TABLE limit_override (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    holder         text        NOT NULL,
    rule           text        NOT NULL,
    "limit"        bigint      NOT NULL,
    asset          text,
    replaced_limit bigint      NOT NULL,
    since          date        NOT NULL,
    until          date        NOT NULL,
    reason         text        NOT NULL,
    state          text        NOT NULL,
    granted_at     timestamptz NOT NULL,
    granted_by     text        NOT NULL,
    ended_at       timestamptz,
    ended_by       text,
    end_reason     text,
    PRIMARY KEY (book, id)
);
CREATE INDEX limit_override_holder ON limit_override (book, holder, id);
