-- Deposit accounts. Numbers are sealed; masks are to be shown, blind indexes to be found by.

CREATE TABLE deposit_product (
    book            integer     NOT NULL,
    code            text        NOT NULL,
    version         bigint      NOT NULL,
    product_class   text        NOT NULL,
    name            text        NOT NULL,
    asset           text        NOT NULL,
    head            text        NOT NULL,
    rate_ppm        bigint      NOT NULL,
    day_count       bigint      NOT NULL,
    remote_opening  boolean     NOT NULL,
    per_party_max   bigint,
    dormancy_months bigint      NOT NULL,
    unbound_in      text        NOT NULL,
    bound_max       bigint      NOT NULL,
    active          boolean     NOT NULL,
    effective_from  date        NOT NULL,
    note            text        NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      text        NOT NULL,
    PRIMARY KEY (book, code, version)
);

CREATE TABLE deposit_policy (
    book               integer     NOT NULL,
    effective_from     date        NOT NULL,
    rules              text        NOT NULL,
    number_prefix      text        NOT NULL,
    settlement_day     bigint      NOT NULL,
    settlement_months  jsonb       NOT NULL,
    confirmation_max   bigint      NOT NULL,
    confirmation_tries bigint      NOT NULL,
    confirmation_hours bigint      NOT NULL,
    note               text        NOT NULL,
    added_at           timestamptz NOT NULL,
    added_by           text        NOT NULL,
    PRIMARY KEY (book, effective_from)
);
CREATE INDEX deposit_policy_rules ON deposit_policy (book, rules);

CREATE TABLE deposit_account (
    book          integer     NOT NULL,
    id            text        NOT NULL,
    ordinal       bigint      NOT NULL,
    product       text        NOT NULL,
    product_class text        NOT NULL,
    party         text,
    account       bigint      NOT NULL,
    asset         text        NOT NULL,
    number_sealed text        NOT NULL,
    number_mask   text        NOT NULL,
    number_index  text        NOT NULL,
    level         text        NOT NULL,
    state         text        NOT NULL,
    stops_in      boolean     NOT NULL,
    stops_out     boolean     NOT NULL,
    counter_only  boolean     NOT NULL,
    bound_inflow  boolean     NOT NULL,
    channel       text        NOT NULL,
    opening       text,
    opened_on     date        NOT NULL,
    dormant_on    date,
    moved_on      date,
    closed_on     date,
    opened_at     timestamptz NOT NULL,
    opened_by     text        NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX deposit_account_number ON deposit_account (book, number_index);
CREATE INDEX deposit_account_party ON deposit_account (book, party) WHERE party IS NOT NULL;
CREATE INDEX deposit_account_account ON deposit_account (book, account);
CREATE INDEX deposit_account_ordinal ON deposit_account (book, ordinal);
CREATE INDEX deposit_account_dormant ON deposit_account (book, dormant_on, id)
    WHERE state = 'active' AND moved_on IS NULL AND dormant_on IS NOT NULL;

CREATE TABLE account_freeze (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    account        text        NOT NULL,
    kind           text        NOT NULL,
    cause          text        NOT NULL,
    authority      text,
    case_reference text,
    reason         text        NOT NULL,
    until          date,
    at             timestamptz NOT NULL,
    by             text        NOT NULL,
    lifted_at      timestamptz,
    lifted_by      text,
    lift_reason    text,
    PRIMARY KEY (book, id)
);
CREATE INDEX account_freeze_account ON account_freeze (book, account);
CREATE INDEX account_freeze_case ON account_freeze (book, case_reference) WHERE case_reference IS NOT NULL;
CREATE INDEX account_freeze_until ON account_freeze (book, until, id) WHERE lifted_at IS NULL AND until IS NOT NULL;

CREATE TABLE deposit_interest (
    book       integer NOT NULL,
    account    bigint  NOT NULL,
    deposit    text    NOT NULL,
    product    text    NOT NULL,
    accrued    bigint  NOT NULL,
    remainder  bigint  NOT NULL,
    day_count  bigint  NOT NULL,
    until      date    NOT NULL,
    settled_on date    NOT NULL,
    closed     boolean NOT NULL,
    PRIMARY KEY (book, account)
);

CREATE TABLE interest_day (
    book        integer     NOT NULL,
    date        date        NOT NULL,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (book, date)
);

CREATE TABLE bound_account (
    book                   integer     NOT NULL,
    id                     text        NOT NULL,
    account                text        NOT NULL,
    party                  text        NOT NULL,
    bank                   text        NOT NULL,
    number_sealed          text,
    number_mask            text        NOT NULL,
    number_index           text,
    state                  text        NOT NULL,
    elements               bigint      NOT NULL,
    elements_reference     text,
    confirmation           text,
    confirmation_reference text,
    "order"                text,
    tries                  bigint      NOT NULL,
    outcome                text,
    created_at             timestamptz NOT NULL,
    created_by             text        NOT NULL,
    updated_at             timestamptz NOT NULL,
    expires_at             timestamptz NOT NULL,
    code_index             text,
    code_until             timestamptz,
    codes                  bigint      NOT NULL DEFAULT 0,
    code_asked_at          timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX bound_account_account ON bound_account (book, account);
CREATE INDEX bound_account_number ON bound_account (book, number_index) WHERE number_index IS NOT NULL;
CREATE INDEX bound_account_expires ON bound_account (book, expires_at, id)
    WHERE state IN ('checking', 'checked', 'confirming');

CREATE TABLE rail_order (
    book          integer     NOT NULL,
    id            text        NOT NULL,
    kind          text        NOT NULL,
    account       text        NOT NULL,
    bound_account text        NOT NULL,
    amount        bigint      NOT NULL,
    asset         text        NOT NULL,
    state         text        NOT NULL,
    channel       text        NOT NULL,
    code          text        NOT NULL,
    hold          bigint,
    transfer      bigint,
    suspense      boolean     NOT NULL,
    reference     text,
    reason        text,
    requested_on  date        NOT NULL,
    requested_at  timestamptz NOT NULL,
    requested_by  text        NOT NULL,
    sent_at       timestamptz,
    answered_at   timestamptz,
    filed_on      date,
    PRIMARY KEY (book, id)
);
CREATE INDEX rail_order_account ON rail_order (book, account, id);
CREATE INDEX rail_order_reference ON rail_order (book, reference) WHERE reference IS NOT NULL;
CREATE INDEX rail_order_day ON rail_order (book, requested_on, id);
CREATE INDEX rail_order_open ON rail_order (book, requested_at, id) WHERE state IN ('requested', 'sent');

CREATE TABLE rail_difference (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    kind           text        NOT NULL,
    "order"        text,
    subject        text        NOT NULL,
    "on"           date        NOT NULL,
    ours           bigint,
    theirs         bigint,
    they_succeeded boolean,
    asset          text        NOT NULL,
    note           text,
    at             timestamptz NOT NULL,
    resolved_at    timestamptz,
    resolved_by    text,
    resolution     text,
    PRIMARY KEY (book, id)
);
CREATE INDEX rail_difference_order ON rail_difference (book, "order") WHERE "order" IS NOT NULL;
CREATE INDEX rail_difference_subject ON rail_difference (book, subject);
CREATE INDEX rail_difference_open ON rail_difference (book, id) WHERE resolved_at IS NULL;
