-- Draws with their rules and seeds, who joined them, and who won.

CREATE TABLE draw (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    campaign       text,
    name           text        NOT NULL,
    summary        text        NOT NULL,
    asset          text        NOT NULL,
    state          text        NOT NULL,
    condition      jsonb       NOT NULL,
    per_person     bigint      NOT NULL,
    prizes         jsonb       NOT NULL,
    alternates     bigint      NOT NULL,
    claim_days     bigint      NOT NULL,
    tax_note       text        NOT NULL,
    joins_from     timestamptz NOT NULL,
    joins_until    timestamptz NOT NULL,
    draws_at       timestamptz NOT NULL,
    entropy        text        NOT NULL,
    beacon         jsonb,
    round          bigint,
    fallback       text        NOT NULL,
    fallback_at    timestamptz NOT NULL,
    seed_hash      text        NOT NULL,
    second_hash    text,
    version        bigint      NOT NULL,
    rules_hash     text,
    reserved       jsonb       NOT NULL,
    pool           bigint,
    entries        bigint      NOT NULL,
    head           text        NOT NULL,
    frozen_at      timestamptz,
    deciding_round bigint,
    value          text,
    signature      text,
    drawn_at       timestamptz,
    figure         text,
    figure_by      text,
    seed           text,
    revealed_at    timestamptz,
    result_hash    text,
    verified_at    timestamptz,
    kept_until     date,
    reason         text,
    drafted_at     timestamptz NOT NULL,
    drafted_by     text        NOT NULL,
    submitted_by   text,
    approved_by    text,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX draw_state ON draw (book, state, id);
CREATE INDEX draw_campaign ON draw (book, campaign, id) WHERE campaign IS NOT NULL;

CREATE TABLE draw_seed (
    book   integer NOT NULL,
    draw   text    NOT NULL,
    own    text    NOT NULL,
    second text,
    PRIMARY KEY (book, draw)
);

CREATE TABLE draw_rules (
    book    integer     NOT NULL,
    draw    text        NOT NULL,
    version bigint      NOT NULL,
    text    text        NOT NULL,
    hash    text        NOT NULL,
    at      timestamptz NOT NULL,
    by      text        NOT NULL,
    PRIMARY KEY (book, draw, version)
);

CREATE TABLE draw_entry (
    book     integer     NOT NULL,
    draw     text        NOT NULL,
    position bigint      NOT NULL,
    number   text        NOT NULL,
    party    text        NOT NULL,
    wallet   text        NOT NULL,
    basis    text,
    link     text        NOT NULL,
    at       timestamptz NOT NULL,
    by       text        NOT NULL,
    PRIMARY KEY (book, draw, position)
);

CREATE TABLE draw_entrant (
    book       integer     NOT NULL,
    draw       text        NOT NULL,
    party      text        NOT NULL,
    number     text        NOT NULL,
    positions  jsonb       NOT NULL,
    bases      jsonb       NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, draw, party)
);
CREATE INDEX draw_entrant_party ON draw_entrant (book, party, draw);

CREATE TABLE draw_win (
    book        integer     NOT NULL,
    id          text        NOT NULL,
    draw        text        NOT NULL,
    rank        bigint      NOT NULL,
    position    bigint      NOT NULL,
    number      text        NOT NULL,
    party       text        NOT NULL,
    wallet      text        NOT NULL,
    basis       text,
    prize       bigint,
    drawn_prize bigint      NOT NULL,
    state       text        NOT NULL,
    claim_by    timestamptz,
    transfer    bigint,
    claimed_at  timestamptz,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX draw_win_draw ON draw_win (book, draw, id);
CREATE INDEX draw_win_party ON draw_win (book, party, id);
CREATE INDEX draw_win_lapsing ON draw_win (book, claim_by, draw) WHERE state = 'offered';
