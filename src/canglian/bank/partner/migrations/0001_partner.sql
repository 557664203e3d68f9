-- Partners: organisations, their apps, the public keys of these, and how often they called.

CREATE TABLE partner (
    book         integer     NOT NULL,
    id           text        NOT NULL,
    name         text        NOT NULL,
    registration text        NOT NULL,
    state        text        NOT NULL,
    applied_at   timestamptz NOT NULL,
    applied_by   text        NOT NULL,
    decided_at   timestamptz,
    decided_by   text,
    reason       text,
    PRIMARY KEY (book, id)
);
CREATE INDEX partner_registration ON partner (book, registration);

CREATE TABLE partner_app (
    book            integer     NOT NULL,
    id              text        NOT NULL,
    partner         text        NOT NULL,
    name            text        NOT NULL,
    scopes          jsonb       NOT NULL,
    networks        jsonb       NOT NULL,
    rate_per_second bigint      NOT NULL,
    calls_per_day   bigint,
    state           text        NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      text        NOT NULL,
    reason          text,
    PRIMARY KEY (book, id)
);
CREATE INDEX partner_app_partner ON partner_app (book, partner, id);

CREATE TABLE partner_key (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    app        text        NOT NULL,
    algorithm  text        NOT NULL,
    public_key text        NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    ends_at    timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX partner_key_app ON partner_key (book, app, id);
CREATE INDEX partner_key_public_key ON partner_key (book, public_key);

CREATE TABLE partner_usage (
    book    integer NOT NULL,
    app     text    NOT NULL,
    day     date    NOT NULL,
    calls   bigint  NOT NULL,
    refused bigint  NOT NULL,
    PRIMARY KEY (book, app, day)
) WITH (fillfactor = 70);
