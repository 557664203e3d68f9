-- Purpose-bound money: templates by version, contracts, their grants, and each movement of their money.

CREATE TABLE purpose_template (
    book           integer     NOT NULL,
    code           text        NOT NULL,
    version        bigint      NOT NULL,
    kind           text        NOT NULL,
    name           text        NOT NULL,
    rules          jsonb       NOT NULL,
    cases          jsonb       NOT NULL,
    effective_from date        NOT NULL,
    note           text        NOT NULL,
    created_at     timestamptz NOT NULL,
    created_by     text        NOT NULL,
    PRIMARY KEY (book, code, version)
);

CREATE TABLE purpose_contract (
    book        integer     NOT NULL,
    id          text        NOT NULL,
    template    text        NOT NULL,
    version     bigint      NOT NULL,
    name        text        NOT NULL,
    payer       text        NOT NULL,
    asset       text        NOT NULL,
    rules       jsonb       NOT NULL,
    valid_from  date        NOT NULL,
    valid_until date        NOT NULL,
    account     bigint      NOT NULL,
    state       text        NOT NULL,
    funded      bigint      NOT NULL,
    funded_on   date,
    channel     text,
    unallotted  bigint      NOT NULL,
    allotted    bigint      NOT NULL,
    released_by jsonb       NOT NULL,
    reason      text,
    drafted_at  timestamptz NOT NULL,
    drafted_by  text        NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX purpose_contract_payer ON purpose_contract (book, payer, id);
CREATE INDEX purpose_contract_state ON purpose_contract (book, state, id);
CREATE INDEX purpose_contract_until ON purpose_contract (book, valid_until, id);

CREATE TABLE purpose_grant (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    contract   text        NOT NULL,
    holder     text        NOT NULL,
    amount     bigint      NOT NULL,
    remaining  bigint      NOT NULL,
    spent      bigint      NOT NULL,
    uses       bigint      NOT NULL,
    state      text        NOT NULL,
    issued_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX purpose_grant_contract ON purpose_grant (book, contract, id);
CREATE INDEX purpose_grant_holder ON purpose_grant (book, holder, id);
CREATE INDEX purpose_grant_living ON purpose_grant (book, contract, id) WHERE state IN ('issued', 'active');

CREATE TABLE purpose_movement (
    book      integer     NOT NULL,
    id        text        NOT NULL,
    contract  text        NOT NULL,
    "grant"   text,
    kind      text        NOT NULL,
    amount    bigint      NOT NULL,
    other     bigint      NOT NULL,
    payee     text,
    category  text,
    region    text,
    purpose   boolean     NOT NULL,
    transfer  bigint      NOT NULL,
    reference text,
    "on"      date        NOT NULL,
    at        timestamptz NOT NULL,
    by        text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX purpose_movement_contract ON purpose_movement (book, contract, id);
CREATE INDEX purpose_movement_grant ON purpose_movement (book, "grant", id) WHERE "grant" IS NOT NULL;
CREATE INDEX purpose_movement_transfer ON purpose_movement (book, transfer);
