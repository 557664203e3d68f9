-- Members of chains, receivable e-vouchers with their invoices, what was financed of them, and what was done to them.

CREATE TABLE chain_member (
    book           integer NOT NULL,
    id             text NOT NULL,
    party          text NOT NULL,
    core           text,
    tier           bigint NOT NULL,
    account        text NOT NULL,
    facility       text,
    product        text,
    advance_bps    bigint NOT NULL,
    enrolled_at    timestamptz NOT NULL,
    enrolled_by    text NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE voucher (
    book           integer NOT NULL,
    id             text NOT NULL,
    number         text NOT NULL,
    root           text NOT NULL,
    parent         text,
    state          text NOT NULL,
    core           text NOT NULL,
    holder         text NOT NULL,
    face           bigint NOT NULL,
    invoice        text NOT NULL,
    issued_on      date NOT NULL,
    matures_on     date NOT NULL,
    reason         text,
    parts          bigint NOT NULL,
    paid           bigint NOT NULL,
    unclaimed      bigint NOT NULL,
    frozen_from    text,
    moves          bigint NOT NULL,
    issued_at      timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE voucher_invoice (
    book       integer NOT NULL,
    code       text NOT NULL,
    number     text NOT NULL,
    voucher    text,
    total      bigint NOT NULL,
    dated      date NOT NULL,
    digest     text NOT NULL,
    PRIMARY KEY (book, code, number)
);

CREATE TABLE voucher_financing (
    book          integer NOT NULL,
    voucher       text NOT NULL,
    member        text NOT NULL,
    advance       bigint NOT NULL,
    discount      bigint NOT NULL,
    rate_ppm      bigint NOT NULL,
    recourse      boolean NOT NULL,
    begun_on      date NOT NULL,
    ends_on       date NOT NULL,
    accrued_to    date NOT NULL,
    earned        bigint NOT NULL,
    repaid        bigint NOT NULL,
    open          boolean NOT NULL,
    transfer      bigint NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (book, voucher)
);

CREATE TABLE voucher_move (
    book        integer NOT NULL,
    voucher     text NOT NULL,
    number      bigint NOT NULL,
    root        text NOT NULL,
    kind        text NOT NULL,
    amount      bigint NOT NULL,
    source      text,
    target      text,
    transfer    bigint,
    note        text,
    "on"        date NOT NULL,
    at          timestamptz NOT NULL,
    by          text NOT NULL,
    channel     text NOT NULL,
    PRIMARY KEY (book, voucher, number)
);
CREATE INDEX chain_member_party ON chain_member (book, party);
CREATE INDEX chain_member_core ON chain_member (book, core);
CREATE INDEX voucher_parent ON voucher (book, parent) WHERE parent IS NOT NULL;
CREATE INDEX voucher_root ON voucher (book, root);
CREATE INDEX voucher_holder ON voucher (book, holder, id);
CREATE INDEX voucher_core ON voucher (book, core, state);
CREATE INDEX voucher_due ON voucher (book, matures_on, core, id)
    WHERE state IN ('accepted', 'transferred', 'financed');
CREATE INDEX voucher_financing_open ON voucher_financing (book, accrued_to, voucher) WHERE open;
CREATE INDEX voucher_invoice_number ON voucher_invoice (book, number);
CREATE INDEX voucher_move_transfer ON voucher_move (book, transfer) WHERE transfer IS NOT NULL;
CREATE INDEX voucher_move_root ON voucher_move (book, root);
