-- Orders and purchases that are financed against a core company's limit; invoices know theirs.

ALTER TABLE chain_member ADD COLUMN dealer boolean NOT NULL DEFAULT false;
ALTER TABLE chain_member ADD COLUMN order_bps bigint NOT NULL DEFAULT 7000;
ALTER TABLE voucher_invoice ADD COLUMN contract text;
ALTER TABLE voucher_invoice ADD COLUMN order_number text;

CREATE TABLE trade_contract (
    book             integer NOT NULL,
    id               text NOT NULL,
    kind             text NOT NULL,
    state            text NOT NULL,
    core             text NOT NULL,
    partner          text NOT NULL,
    number           text NOT NULL,
    amount           bigint NOT NULL,
    dated            date NOT NULL,
    deliver_by       date NOT NULL,
    digest           text NOT NULL,
    reason           text,
    loan             text,
    advance          bigint NOT NULL,
    delivery         text,
    invoice          text,
    released         bigint NOT NULL,
    paid             bigint NOT NULL,
    registered_at    timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE TABLE trade_number (
    book        integer NOT NULL,
    core        text NOT NULL,
    number      text NOT NULL,
    contract    text,
    vouchers    bigint NOT NULL,
    PRIMARY KEY (book, core, number)
);
CREATE INDEX trade_contract_partner ON trade_contract (book, partner, id);
CREATE INDEX trade_contract_core ON trade_contract (book, core, id);
CREATE INDEX trade_contract_digest ON trade_contract (book, digest);
CREATE INDEX trade_contract_loan ON trade_contract (book, loan) WHERE loan IS NOT NULL;
CREATE INDEX trade_contract_state ON trade_contract (book, state, id);
