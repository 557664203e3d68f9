-- Loan products, facilities with holds on their limits, applications, loans with plans, dues and transactions.

CREATE TABLE loan_product (
    book               integer NOT NULL,
    code               text NOT NULL,
    version            bigint NOT NULL,
    name               text NOT NULL,
    asset              text NOT NULL,
    method             text NOT NULL,
    rate_ppm           bigint NOT NULL,
    day_count          text NOT NULL,
    month_end          text NOT NULL,
    terms              jsonb NOT NULL,
    amount_min         bigint NOT NULL,
    amount_max         bigint NOT NULL,
    revolving          boolean NOT NULL,
    validity_months    bigint NOT NULL,
    offer_days         bigint NOT NULL,
    fee_bps            bigint NOT NULL,
    grace_days         bigint NOT NULL,
    penalty_bps        bigint NOT NULL,
    compound           boolean NOT NULL,
    allocation         text NOT NULL,
    rule_set           text NOT NULL,
    active             boolean NOT NULL,
    effective_from     date NOT NULL,
    note               text NOT NULL,
    created_at         timestamptz NOT NULL,
    created_by         text NOT NULL,
    PRIMARY KEY (book, code, version)
);

CREATE TABLE facility (
    book          integer NOT NULL,
    id            text NOT NULL,
    party         text NOT NULL,
    state         text NOT NULL,
    "limit"       bigint NOT NULL,
    parts         jsonb NOT NULL,
    used          bigint NOT NULL,
    held          bigint NOT NULL,
    review_on     date NOT NULL,
    reason        text,
    opened_at     timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE limit_hold (
    book          integer NOT NULL,
    id            text NOT NULL,
    facility      text NOT NULL,
    product       text NOT NULL,
    amount        bigint NOT NULL,
    drawn         bigint NOT NULL,
    state         text NOT NULL,
    number        text,
    note          text NOT NULL,
    until         date NOT NULL,
    at            timestamptz NOT NULL,
    by            text NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE credit_application (
    book            integer NOT NULL,
    id              text NOT NULL,
    party           text NOT NULL,
    product         text NOT NULL,
    version         bigint NOT NULL,
    amount          bigint NOT NULL,
    months          bigint NOT NULL,
    purpose         text NOT NULL,
    inputs          jsonb NOT NULL,
    state           text NOT NULL,
    channel         text NOT NULL,
    open            text,
    verdict         text,
    reasons         jsonb NOT NULL,
    why_person      text,
    rule_version    bigint NOT NULL,
    rule_hash       text NOT NULL,
    "limit"         bigint,
    rate_ppm        bigint,
    refusal         text,
    text            text,
    text_hash       text,
    offer_until     date,
    facility        text,
    submitted_at    timestamptz NOT NULL,
    submitted_by    text NOT NULL,
    decided_at      timestamptz,
    decided_by      text,
    signed_at       timestamptz,
    updated_at      timestamptz NOT NULL,
    reason          text,
    PRIMARY KEY (book, id)
);

CREATE TABLE signing_code (
    book           integer NOT NULL,
    application    text NOT NULL,
    asked          bigint NOT NULL,
    asked_today    bigint NOT NULL,
    since          timestamptz NOT NULL,
    asked_at       timestamptz NOT NULL,
    code_index     text,
    until          timestamptz,
    wrong          bigint NOT NULL,
    PRIMARY KEY (book, application)
);

CREATE TABLE loan (
    book                 integer NOT NULL,
    id                   text NOT NULL,
    facility             text NOT NULL,
    party                text NOT NULL,
    application          text NOT NULL,
    product              text NOT NULL,
    version              bigint NOT NULL,
    asset                text NOT NULL,
    wallet               text NOT NULL,
    account              bigint NOT NULL,
    state                text NOT NULL,
    principal            bigint NOT NULL,
    months               bigint NOT NULL,
    rate_ppm             bigint NOT NULL,
    penalty_ppm          bigint NOT NULL,
    grace_days           bigint NOT NULL,
    compound             boolean NOT NULL,
    allocation           text NOT NULL,
    drawn_on             date NOT NULL,
    matures_on           date NOT NULL,
    accrued_to           date NOT NULL,
    plan                 bigint NOT NULL,
    number               bigint NOT NULL,
    period_from          date NOT NULL,
    next_due             date,
    next_principal       bigint NOT NULL,
    next_interest        bigint NOT NULL,
    accrued              bigint NOT NULL,
    outstanding          bigint NOT NULL,
    due_principal        bigint NOT NULL,
    due_interest         bigint NOT NULL,
    overdue_principal    bigint NOT NULL,
    overdue_interest     bigint NOT NULL,
    penalty              bigint NOT NULL,
    penalty_rest         bigint NOT NULL,
    compounded           bigint NOT NULL,
    compound_rest        bigint NOT NULL,
    fees                 bigint NOT NULL,
    oldest_due           date,
    grace_ends           date,
    days_overdue         bigint NOT NULL,
    bucket               bigint NOT NULL,
    worst_days           bigint NOT NULL,
    paid_principal       bigint NOT NULL,
    paid_interest        bigint NOT NULL,
    paid_penalty         bigint NOT NULL,
    paid_fees            bigint NOT NULL,
    written_off          bigint NOT NULL,
    transactions         bigint NOT NULL,
    drawn_at             timestamptz NOT NULL,
    closed_on            date,
    updated_at           timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE loan_plan (
    book       integer NOT NULL,
    loan       text NOT NULL,
    version    bigint NOT NULL,
    reason     text NOT NULL,
    made_on    date NOT NULL,
    balance    bigint NOT NULL,
    before     bigint NOT NULL,
    level      bigint,
    rows       jsonb NOT NULL,
    made_at    timestamptz NOT NULL,
    by         text NOT NULL,
    PRIMARY KEY (book, loan, version)
);

CREATE TABLE loan_due (
    book              integer NOT NULL,
    loan              text NOT NULL,
    number            bigint NOT NULL,
    due               date NOT NULL,
    principal         bigint NOT NULL,
    interest          bigint NOT NULL,
    paid_principal    bigint NOT NULL,
    paid_interest     bigint NOT NULL,
    overdue           boolean NOT NULL,
    unpaid            text,
    settled_on        date,
    PRIMARY KEY (book, loan, number)
);

CREATE TABLE loan_transaction (
    book          integer NOT NULL,
    id            text NOT NULL,
    loan          text NOT NULL,
    number        bigint NOT NULL,
    kind          text NOT NULL,
    amount        bigint NOT NULL,
    fees          bigint NOT NULL,
    penalty       bigint NOT NULL,
    compounded    bigint NOT NULL,
    interest      bigint NOT NULL,
    principal     bigint NOT NULL,
    wallet        text,
    transfer      bigint,
    plan          bigint NOT NULL,
    "on"          date NOT NULL,
    at            timestamptz NOT NULL,
    by            text NOT NULL,
    channel       text NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX facility_party ON facility (book, party);
CREATE INDEX facility_review ON facility (book, review_on);
CREATE INDEX limit_hold_facility ON limit_hold (book, facility);
CREATE UNIQUE INDEX limit_hold_number ON limit_hold (book, facility, number) WHERE number IS NOT NULL;
CREATE INDEX limit_hold_pending ON limit_hold (book, until, id) WHERE state = 'pending';
CREATE UNIQUE INDEX credit_application_open ON credit_application (book, open) WHERE open IS NOT NULL;
CREATE INDEX credit_application_party ON credit_application (book, party);
CREATE INDEX credit_application_state ON credit_application (book, state, id);
CREATE INDEX loan_party ON loan (book, party);
CREATE INDEX loan_facility ON loan (book, facility);
CREATE INDEX loan_bucket ON loan (book, state, bucket);
CREATE INDEX loan_behind ON loan (book, accrued_to, id) WHERE state IN ('active', 'grace', 'overdue');
CREATE INDEX loan_due_unpaid ON loan_due (book, unpaid) WHERE unpaid IS NOT NULL;
CREATE INDEX loan_due_day ON loan_due (book, due);
CREATE INDEX loan_transaction_loan ON loan_transaction (book, loan);
