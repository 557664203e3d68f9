-- Budgets of a day and of stores, caps on who claims, and windows of flash sales.

ALTER TABLE campaign ADD COLUMN day_budget bigint;
ALTER TABLE campaign ADD COLUMN store_budget bigint;
ALTER TABLE campaign ADD COLUMN day date;
ALTER TABLE campaign ADD COLUMN day_reserved bigint NOT NULL DEFAULT 0;
ALTER TABLE campaign_offer ADD COLUMN bounds jsonb NOT NULL DEFAULT '{}';

CREATE TABLE offer_cap_count (
    book       integer     NOT NULL,
    offer      text        NOT NULL,
    kind       text        NOT NULL,
    holder     text        NOT NULL,
    claimed    bigint      NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, offer, kind, holder)
);

CREATE TABLE coupon_counts (
    book   integer NOT NULL,
    coupon text    NOT NULL,
    counts jsonb   NOT NULL,
    PRIMARY KEY (book, coupon)
);

CREATE TABLE campaign_store_spend (
    book       integer     NOT NULL,
    campaign   text        NOT NULL,
    store      text        NOT NULL,
    spent      bigint      NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, campaign, store)
);
