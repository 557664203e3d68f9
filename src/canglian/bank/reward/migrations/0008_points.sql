-- Schemes of points, who has joined them, lots with their expiry, and exchanges.

CREATE TABLE point_scheme (
    book         integer     NOT NULL,
    id           text        NOT NULL,
    asset        text        NOT NULL,
    name         text        NOT NULL,
    owner        text        NOT NULL,
    state        text        NOT NULL,
    rules        jsonb       NOT NULL,
    per_day      bigint,
    per_month    bigint,
    expiry       jsonb       NOT NULL,
    after_refund text        NOT NULL,
    exchanges    jsonb       NOT NULL,
    price        bigint      NOT NULL,
    alone_max    bigint      NOT NULL,
    pays         text        NOT NULL,
    wallet       text,
    awarded      bigint      NOT NULL,
    spent        bigint      NOT NULL,
    expired      bigint      NOT NULL,
    taken_back   bigint      NOT NULL,
    funds        bigint      NOT NULL,
    reason       text,
    drafted_at   timestamptz NOT NULL,
    drafted_by   text        NOT NULL,
    approved_by  text,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX point_scheme_asset ON point_scheme (book, asset);
CREATE INDEX point_scheme_state ON point_scheme (book, state);

CREATE TABLE point_member (
    book         integer     NOT NULL,
    id           text        NOT NULL,
    scheme       text        NOT NULL,
    party        text        NOT NULL,
    account      bigint      NOT NULL,
    debt         bigint      NOT NULL,
    day          date,
    day_earned   bigint      NOT NULL,
    month_earned bigint      NOT NULL,
    joined_at    timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX point_member_holder ON point_member (book, scheme, party);
CREATE INDEX point_member_party ON point_member (book, party);

CREATE TABLE point_lot (
    book        integer     NOT NULL,
    id          text        NOT NULL,
    scheme      text        NOT NULL,
    member      text        NOT NULL,
    party       text        NOT NULL,
    living      text,
    source      text        NOT NULL,
    payment     text,
    number      text,
    reason      text,
    base        bigint      NOT NULL,
    points      bigint      NOT NULL,
    remaining   bigint      NOT NULL,
    spent       bigint      NOT NULL,
    expired     bigint      NOT NULL,
    taken       bigint      NOT NULL,
    netted      bigint      NOT NULL,
    cancelled   bigint      NOT NULL,
    owed        bigint      NOT NULL,
    earned_on   date        NOT NULL,
    valid_until date,
    earned_at   timestamptz NOT NULL,
    by          text        NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX point_lot_member ON point_lot (book, member, id);
CREATE INDEX point_lot_living ON point_lot (book, living, id) WHERE living IS NOT NULL;
CREATE INDEX point_lot_payment ON point_lot (book, payment, id) WHERE payment IS NOT NULL;
CREATE UNIQUE INDEX point_lot_number ON point_lot (book, scheme, number) WHERE number IS NOT NULL;
CREATE INDEX point_lot_expiring ON point_lot (book, valid_until) WHERE living IS NOT NULL;
CREATE INDEX point_lot_earned ON point_lot (book, scheme, earned_on);

CREATE TABLE point_exchange (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    scheme     text        NOT NULL,
    member     text        NOT NULL,
    party      text        NOT NULL,
    state      text        NOT NULL,
    kind       text        NOT NULL,
    name       text        NOT NULL,
    pieces     bigint      NOT NULL,
    points     bigint      NOT NULL,
    lots       jsonb       NOT NULL,
    amount     bigint      NOT NULL,
    wallet     text        NOT NULL,
    coupons    jsonb       NOT NULL,
    transfer   bigint,
    number     text,
    channel    text        NOT NULL,
    reason     text,
    "on"       date        NOT NULL,
    at         timestamptz NOT NULL,
    by         text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX point_exchange_member ON point_exchange (book, member, id);
CREATE UNIQUE INDEX point_exchange_number ON point_exchange (book, member, number) WHERE number IS NOT NULL;
CREATE INDEX point_exchange_scheme ON point_exchange (book, scheme, "on");
CREATE INDEX point_exchange_party ON point_exchange (book, party, id);
