-- Campaigns with the money of their funders, what they offer, and the coupons that people have claimed.

CREATE TABLE campaign (
    book         integer     NOT NULL,
    id           text        NOT NULL,
    name         text        NOT NULL,
    summary      text        NOT NULL,
    asset        text        NOT NULL,
    state        text        NOT NULL,
    funders      jsonb       NOT NULL,
    redeemed     bigint      NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    uses_until   timestamptz NOT NULL,
    reason       text,
    drafted_at   timestamptz NOT NULL,
    drafted_by   text        NOT NULL,
    submitted_by text,
    approved_by  text,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX campaign_state ON campaign (book, state, id);

CREATE TABLE campaign_offer (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    campaign   text        NOT NULL,
    position   bigint      NOT NULL,
    kind       text        NOT NULL,
    name       text        NOT NULL,
    tiers      jsonb       NOT NULL,
    audience   jsonb       NOT NULL,
    stock      bigint      NOT NULL,
    per_day    bigint,
    per_person bigint      NOT NULL,
    valid_days bigint,
    refund     text        NOT NULL,
    taken      bigint      NOT NULL,
    used       bigint      NOT NULL,
    day        date,
    day_taken  bigint      NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX campaign_offer_campaign ON campaign_offer (book, campaign, id);

CREATE TABLE offer_claims (
    book       integer     NOT NULL,
    offer      text        NOT NULL,
    party      text        NOT NULL,
    claimed    bigint      NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, offer, party)
);

CREATE TABLE coupon (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    campaign   text        NOT NULL,
    offer      text        NOT NULL,
    party      text        NOT NULL,
    wallet     text        NOT NULL,
    state      text        NOT NULL,
    amount     bigint      NOT NULL,
    used       bigint      NOT NULL,
    reserved   jsonb       NOT NULL,
    spent      jsonb       NOT NULL,
    "order"    text,
    payment    text,
    reserving  boolean     NOT NULL,
    returns    bigint      NOT NULL,
    reason     text,
    claimed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX coupon_party ON coupon (book, party, id);
CREATE INDEX coupon_offer ON coupon (book, offer, id);
CREATE INDEX coupon_campaign ON coupon (book, campaign, id);
CREATE INDEX coupon_payment ON coupon (book, payment) WHERE payment IS NOT NULL;
CREATE INDEX coupon_expiring ON coupon (book, expires_at, id) WHERE reserving;
CREATE INDEX coupon_wallet ON coupon (book, wallet, id) WHERE state = 'claimed';
