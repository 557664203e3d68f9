-- People and organisations. Personal data is sealed; masks are to be shown, blind indexes to be found by.

CREATE TABLE party (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    kind           text        NOT NULL,
    name_sealed    text,
    name_mask      text        NOT NULL,
    name_index     text,
    number_sealed  text,
    number_mask    text,
    number_index   text,
    mobile_sealed  text,
    mobile_mask    text,
    mobile_index   text,
    address_sealed text,
    nationality    text        NOT NULL,
    occupation     text,
    representative text,
    level          text        NOT NULL,
    verified_at    timestamptz,
    risk           text        NOT NULL,
    review_on      date        NOT NULL,
    state          text        NOT NULL,
    merged_into    text,
    ended_on       date,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX party_number ON party (book, number_index) WHERE number_index IS NOT NULL;
CREATE INDEX party_mobile ON party (book, mobile_index) WHERE mobile_index IS NOT NULL;
CREATE INDEX party_name ON party (book, name_index) WHERE name_index IS NOT NULL;
CREATE INDEX party_merged_into ON party (book, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX party_review ON party (book, review_on, id) WHERE state = 'active';

CREATE TABLE party_role (
    book     integer NOT NULL,
    id       text    NOT NULL,
    party    text    NOT NULL,
    role     text    NOT NULL,
    within   text,
    since    date    NOT NULL,
    ended_on date,
    PRIMARY KEY (book, id)
);
CREATE INDEX party_role_party ON party_role (book, party, id);
CREATE INDEX party_role_role ON party_role (book, role, party) WHERE ended_on IS NULL;

CREATE TABLE party_document (
    book          integer     NOT NULL,
    id            text        NOT NULL,
    party         text        NOT NULL,
    kind          text        NOT NULL,
    number_sealed text,
    number_mask   text        NOT NULL,
    number_index  text,
    authority     text        NOT NULL,
    valid_from    date        NOT NULL,
    valid_until   date,
    digest        text,
    added_at      timestamptz NOT NULL,
    added_by      text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX party_document_party ON party_document (book, party, id);

CREATE TABLE beneficial_owner (
    book      integer NOT NULL,
    id        text    NOT NULL,
    company   text    NOT NULL,
    owner     text    NOT NULL,
    control   text    NOT NULL,
    share_bps bigint  NOT NULL,
    since     date    NOT NULL,
    ended_on  date,
    PRIMARY KEY (book, id)
);
CREATE INDEX beneficial_owner_company ON beneficial_owner (book, company, id);
CREATE INDEX beneficial_owner_owner ON beneficial_owner (book, owner, id);

CREATE TABLE consent (
    book         integer     NOT NULL,
    id           text        NOT NULL,
    party        text        NOT NULL,
    scope        text        NOT NULL,
    purpose      text        NOT NULL,
    receiver     text        NOT NULL,
    evidence     text,
    given_at     timestamptz NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX consent_party ON consent (book, party, id);
CREATE INDEX consent_receiver ON consent (book, receiver, scope, id);

CREATE TABLE list_entry (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    colour     text        NOT NULL,
    listed_by  text        NOT NULL,
    subject    text        NOT NULL,
    mask       text        NOT NULL,
    reason     text        NOT NULL,
    until      date,
    added_at   timestamptz NOT NULL,
    added_by   text        NOT NULL,
    ended_at   timestamptz,
    ended_by   text,
    end_reason text,
    PRIMARY KEY (book, id)
);
CREATE INDEX list_entry_subject ON list_entry (book, subject);

CREATE TABLE remote_opening (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    party          text        NOT NULL,
    channel        text        NOT NULL,
    state          text        NOT NULL,
    outcome        text,
    tries          bigint      NOT NULL,
    steps          bigint      NOT NULL,
    account_sealed text,
    account_mask   text,
    account_index  text,
    started_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    reviewed_by    text,
    PRIMARY KEY (book, id)
);
CREATE INDEX remote_opening_party ON remote_opening (book, party, id);
CREATE INDEX remote_opening_state ON remote_opening (book, state, id);
CREATE INDEX remote_opening_due ON remote_opening (book, expires_at) WHERE state NOT IN ('active', 'rejected', 'review');

CREATE TABLE opening_step (
    book      integer     NOT NULL,
    opening   text        NOT NULL,
    number    bigint      NOT NULL,
    step      text        NOT NULL,
    passed    boolean     NOT NULL,
    reference text,
    digest    text,
    score_bps bigint,
    note      text,
    at        timestamptz NOT NULL,
    by        text        NOT NULL,
    PRIMARY KEY (book, opening, number)
);

CREATE TABLE unmasking (
    book     integer     NOT NULL,
    id       text        NOT NULL,
    party    text        NOT NULL,
    fields   jsonb       NOT NULL,
    exported boolean     NOT NULL,
    reason   text        NOT NULL,
    by       text        NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX unmasking_party ON unmasking (book, party, id);

CREATE TABLE party_policy (
    book                 integer     NOT NULL,
    effective_from       date        NOT NULL,
    rules                text        NOT NULL,
    retention_years      bigint      NOT NULL,
    beneficial_owner_bps bigint      NOT NULL,
    opening_hours        bigint      NOT NULL,
    step_tries           bigint      NOT NULL,
    liveness_bps         bigint      NOT NULL,
    elements             bigint      NOT NULL,
    automatic_review     boolean     NOT NULL,
    unmask_minutes       bigint      NOT NULL,
    review_days_low      bigint      NOT NULL,
    review_days_medium   bigint      NOT NULL,
    review_days_high     bigint      NOT NULL,
    note                 text        NOT NULL,
    added_at             timestamptz NOT NULL,
    added_by             text        NOT NULL,
    PRIMARY KEY (book, effective_from)
);
CREATE INDEX party_policy_rules ON party_policy (book, rules);
