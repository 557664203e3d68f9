-- What an organisation needs before it may have accounts: why it has no beneficial owners, and checks of its intent.

CREATE TABLE owner_exemption (
    book     integer     NOT NULL,
    id       text        NOT NULL,
    company  text        NOT NULL,
    reason   text        NOT NULL,
    since    date        NOT NULL,
    ended_on date,
    added_at timestamptz NOT NULL,
    added_by text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX owner_exemption_company ON owner_exemption (book, company, id);

CREATE TABLE intent_check (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    company    text        NOT NULL,
    spoke_with text        NOT NULL,
    how        text        NOT NULL,
    held_at    timestamptz NOT NULL,
    reference  text        NOT NULL,
    outcome    text        NOT NULL,
    note       text,
    noted_at   timestamptz NOT NULL,
    noted_by   text        NOT NULL,
    ended_on   date,
    PRIMARY KEY (book, id)
);
CREATE INDEX intent_check_company ON intent_check (book, company, id);
