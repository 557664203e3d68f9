-- Quotes that keep coupons for an order; exclusive groups, and what the coupons of an order take off at most.

ALTER TABLE campaign_offer ADD COLUMN "group" text NOT NULL DEFAULT '';
ALTER TABLE campaign_offer ADD COLUMN group_rule text NOT NULL DEFAULT 'best';
ALTER TABLE campaign_offer ADD COLUMN together_max bigint;

ALTER TABLE coupon ADD COLUMN quote text;
DROP INDEX coupon_wallet;
CREATE INDEX coupon_claimed ON coupon (book, wallet, state, id);

CREATE TABLE coupon_quote (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    "order"    text        NOT NULL,
    merchant   text        NOT NULL,
    wallets    jsonb       NOT NULL,
    state      text        NOT NULL,
    price      bigint      NOT NULL,
    off        bigint      NOT NULL,
    due        bigint      NOT NULL,
    taken      jsonb       NOT NULL,
    left_out   jsonb       NOT NULL,
    payment    text,
    quoted_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX coupon_quote_order ON coupon_quote (book, "order", id);
CREATE INDEX coupon_quote_expiring ON coupon_quote (book, expires_at, id) WHERE state = 'open';
