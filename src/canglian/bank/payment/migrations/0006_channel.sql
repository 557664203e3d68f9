-- Orders to the card and QR channel.

CREATE TABLE channel_order (
    book        integer     NOT NULL,
    id          text        NOT NULL,
    kind        text        NOT NULL,
    method      text        NOT NULL,
    "order"     text        NOT NULL,
    merchant    text        NOT NULL,
    original    text,
    payment     text,
    amount      bigint      NOT NULL,
    asset       text        NOT NULL,
    state       text        NOT NULL,
    sends       bigint      NOT NULL,
    enquiries   bigint      NOT NULL,
    next_at     timestamptz,
    code        text,
    reference   text,
    fee         bigint,
    reason      text,
    transfer    bigint,
    late        boolean     NOT NULL,
    "on"        date        NOT NULL,
    at          timestamptz NOT NULL,
    by          text        NOT NULL,
    answered_at timestamptz,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (book, id)
) WITH (fillfactor = 80);
CREATE INDEX channel_order_order ON channel_order (book, "order", id);
CREATE INDEX channel_order_original ON channel_order (book, original, id) WHERE original IS NOT NULL;
CREATE INDEX channel_order_payment ON channel_order (book, payment, id) WHERE payment IS NOT NULL;
CREATE INDEX channel_order_next ON channel_order (book, next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX channel_order_merchant ON channel_order (book, merchant, id);
CREATE INDEX channel_order_on ON channel_order (book, "on", id);
