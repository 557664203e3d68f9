-- Payments: merchants with their accounts and figures, orders, payments with their lines, refunds with theirs.

CREATE TABLE fee_schedule (
    book           integer     NOT NULL,
    code           text        NOT NULL,
    version        bigint      NOT NULL,
    name           text        NOT NULL,
    rate_bps       bigint      NOT NULL,
    large_from     bigint,
    large_rate_bps bigint,
    fee_min        bigint      NOT NULL,
    fee_max        bigint,
    tax_bps        bigint      NOT NULL,
    refundable     boolean     NOT NULL,
    effective_from date        NOT NULL,
    note           text        NOT NULL,
    created_at     timestamptz NOT NULL,
    created_by     text        NOT NULL,
    PRIMARY KEY (book, code, version)
);

CREATE TABLE payment_policy (
    book                integer     NOT NULL,
    effective_from      date        NOT NULL,
    rules               text        NOT NULL,
    order_minutes       bigint      NOT NULL,
    order_days_max      bigint      NOT NULL,
    refund_days         bigint      NOT NULL,
    refunds_max         bigint      NOT NULL,
    hold_days           bigint      NOT NULL,
    split_share_max_bps bigint      NOT NULL,
    split_days          bigint      NOT NULL,
    note                text        NOT NULL,
    added_at            timestamptz NOT NULL,
    added_by            text        NOT NULL,
    PRIMARY KEY (book, effective_from)
);
CREATE INDEX payment_policy_rules ON payment_policy (book, rules);

CREATE TABLE merchant (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    name           text        NOT NULL,
    category       text        NOT NULL,
    region         text        NOT NULL,
    store          text,
    party          text,
    accounts       jsonb       NOT NULL,
    payout_wallet  text,
    payout_account bigint,
    fees           text        NOT NULL,
    state          text        NOT NULL,
    reason         text,
    registered_at  timestamptz NOT NULL,
    registered_by  text        NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX merchant_party ON merchant (book, party, id) WHERE party IS NOT NULL;

CREATE TABLE payment_order (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    merchant   text        NOT NULL,
    number     text        NOT NULL,
    subject    text        NOT NULL,
    amount     bigint      NOT NULL,
    discount   bigint      NOT NULL,
    code       text        NOT NULL,
    state      text        NOT NULL,
    payment    text,
    reason     text,
    opened_on  date        NOT NULL,
    opened_at  timestamptz NOT NULL,
    opened_by  text        NOT NULL,
    expires_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX payment_order_number ON payment_order (book, merchant, number);
CREATE INDEX payment_order_merchant ON payment_order (book, merchant, id);
CREATE INDEX payment_order_code ON payment_order (book, code);
CREATE INDEX payment_order_expiring ON payment_order (book, expires_at, id) WHERE state = 'open';

CREATE TABLE payment (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    "order"        text        NOT NULL,
    merchant       text        NOT NULL,
    gross          bigint      NOT NULL,
    amount         bigint      NOT NULL,
    gross_captured bigint      NOT NULL,
    captured       bigint      NOT NULL,
    gross_refunded bigint      NOT NULL,
    refunded       bigint      NOT NULL,
    refunds        bigint      NOT NULL,
    fee            bigint      NOT NULL,
    tax            bigint      NOT NULL,
    schedule       text        NOT NULL,
    state          text        NOT NULL,
    channel        text        NOT NULL,
    code           text,
    "on"           date        NOT NULL,
    at             timestamptz NOT NULL,
    by             text        NOT NULL,
    expires_at     timestamptz,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX payment_of_order ON payment (book, "order");
CREATE INDEX payment_merchant ON payment (book, merchant, id);
CREATE INDEX payment_on ON payment (book, "on", merchant);
CREATE INDEX payment_expiring ON payment (book, expires_at, id) WHERE expires_at IS NOT NULL;

CREATE TABLE payment_line (
    book         integer NOT NULL,
    id           text    NOT NULL,
    payment      text    NOT NULL,
    position     bigint  NOT NULL,
    source       text    NOT NULL,
    item         text    NOT NULL,
    holder       text,
    discount     boolean NOT NULL,
    asset        text    NOT NULL,
    amount       bigint  NOT NULL,
    captured     bigint  NOT NULL,
    refunded     bigint  NOT NULL,
    fee          bigint  NOT NULL,
    tax          bigint  NOT NULL,
    fee_refunded bigint  NOT NULL,
    tax_refunded bigint  NOT NULL,
    transfer     bigint,
    hold         bigint,
    PRIMARY KEY (book, id)
);
CREATE INDEX payment_line_payment ON payment_line (book, payment, id);
CREATE INDEX payment_line_item ON payment_line (book, item, id);
CREATE INDEX payment_line_transfer ON payment_line (book, transfer) WHERE transfer IS NOT NULL;

CREATE TABLE refund (
    book     integer     NOT NULL,
    id       text        NOT NULL,
    payment  text        NOT NULL,
    merchant text        NOT NULL,
    number   text        NOT NULL,
    gross    bigint      NOT NULL,
    amount   bigint      NOT NULL,
    fee      bigint      NOT NULL,
    tax      bigint      NOT NULL,
    reason   text        NOT NULL,
    channel  text        NOT NULL,
    "on"     date        NOT NULL,
    at       timestamptz NOT NULL,
    by       text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX refund_number ON refund (book, merchant, number);
CREATE INDEX refund_payment ON refund (book, payment, id);
CREATE INDEX refund_merchant ON refund (book, merchant, id);

CREATE TABLE refund_line (
    book     integer NOT NULL,
    refund   text    NOT NULL,
    position bigint  NOT NULL,
    line     text    NOT NULL,
    source   text    NOT NULL,
    item     text    NOT NULL,
    holder   text,
    asset    text    NOT NULL,
    amount   bigint  NOT NULL,
    transfer bigint  NOT NULL,
    PRIMARY KEY (book, refund, position)
);
CREATE INDEX refund_line_item ON refund_line (book, item);
CREATE INDEX refund_line_transfer ON refund_line (book, transfer);
