-- Collection: its figures by version, agreed debits of loans, and what each day's attempt came to.

CREATE TABLE collection_policy (
    book           integer NOT NULL,
    effective_from date NOT NULL,
    rules          text NOT NULL,
    floor          bigint NOT NULL,
    note           text NOT NULL,
    added_at       timestamptz NOT NULL,
    added_by       text NOT NULL,
    PRIMARY KEY (book, effective_from)
);
CREATE INDEX collection_policy_rules ON collection_policy (book, rules);

CREATE TABLE debit_agreement (
    book           integer NOT NULL,
    id             text NOT NULL,
    loan           text NOT NULL,
    party          text NOT NULL,
    asset          text NOT NULL,
    wallets        jsonb NOT NULL,
    floor          bigint NOT NULL,
    active         text,
    channel        text NOT NULL,
    agreed_on      date NOT NULL,
    at             timestamptz NOT NULL,
    by             text NOT NULL,
    ended_on       date,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX debit_agreement_loan ON debit_agreement (book, loan);
CREATE INDEX debit_agreement_active ON debit_agreement (book, active) WHERE active IS NOT NULL;

CREATE TABLE debit_attempt (
    book           integer NOT NULL,
    id             text NOT NULL,
    loan           text NOT NULL,
    "on"           date NOT NULL,
    agreement      text NOT NULL,
    party          text NOT NULL,
    asset          text NOT NULL,
    due            bigint NOT NULL,
    taken          bigint NOT NULL,
    reason         text NOT NULL,
    parts          jsonb NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX debit_attempt_day ON debit_attempt (book, loan, "on");
