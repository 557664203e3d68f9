-- Wallets. Their money is in the accounts of the ledger; numbers and mobiles are sealed.

CREATE TABLE wallet_product (
    book            integer     NOT NULL,
    code            text        NOT NULL,
    version         bigint      NOT NULL,
    kind            text        NOT NULL,
    tier            bigint,
    name            text        NOT NULL,
    asset           text        NOT NULL,
    head            text        NOT NULL,
    level           text        NOT NULL,
    document        boolean     NOT NULL,
    account         boolean     NOT NULL,
    anonymous       boolean     NOT NULL,
    rate_ppm        bigint      NOT NULL,
    day_count       bigint      NOT NULL,
    per_party_max   bigint,
    sub_wallets_max bigint      NOT NULL,
    active          boolean     NOT NULL,
    effective_from  date        NOT NULL,
    note            text        NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      text        NOT NULL,
    PRIMARY KEY (book, code, version)
);

CREATE TABLE wallet_policy (
    book             integer     NOT NULL,
    effective_from   date        NOT NULL,
    rules            text        NOT NULL,
    number_prefix    text        NOT NULL,
    code_seconds     bigint      NOT NULL,
    pay_code_max     bigint      NOT NULL,
    pin_tries        bigint      NOT NULL,
    pin_lock_minutes bigint      NOT NULL,
    devices_max      bigint      NOT NULL,
    pockets_max      bigint      NOT NULL,
    note             text        NOT NULL,
    added_at         timestamptz NOT NULL,
    added_by         text        NOT NULL,
    PRIMARY KEY (book, effective_from)
);
CREATE INDEX wallet_policy_rules ON wallet_policy (book, rules);

CREATE TABLE wallet (
    book          integer     NOT NULL,
    id            text        NOT NULL,
    ordinal       bigint      NOT NULL,
    kind          text        NOT NULL,
    tier          bigint,
    product       text        NOT NULL,
    party         text,
    mobile_sealed text,
    mobile_mask   text,
    mobile_index  text,
    parent        text,
    sub_wallets   bigint      NOT NULL,
    merchant      text,
    single_max    bigint,
    day_max       bigint,
    deposit       text,
    account       bigint      NOT NULL,
    asset         text        NOT NULL,
    number_sealed text        NOT NULL,
    number_mask   text        NOT NULL,
    number_index  text        NOT NULL,
    name          text        NOT NULL,
    within        text,
    level         text        NOT NULL,
    state         text        NOT NULL,
    locked_by     text,
    channel       text        NOT NULL,
    opened_on     date        NOT NULL,
    closed_on     date,
    opened_at     timestamptz NOT NULL,
    opened_by     text        NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX wallet_number ON wallet (book, number_index);
CREATE INDEX wallet_party ON wallet (book, party, id) WHERE party IS NOT NULL;
CREATE INDEX wallet_mobile ON wallet (book, mobile_index) WHERE mobile_index IS NOT NULL;
CREATE INDEX wallet_parent ON wallet (book, parent, id) WHERE parent IS NOT NULL;
CREATE INDEX wallet_deposit ON wallet (book, deposit, id) WHERE deposit IS NOT NULL;
CREATE INDEX wallet_account ON wallet (book, account);
CREATE INDEX wallet_product_of ON wallet (book, product, id);
CREATE INDEX wallet_within ON wallet (book, within, id) WHERE within IS NOT NULL;

CREATE TABLE wallet_pin (
    book         integer     NOT NULL,
    wallet       text        NOT NULL,
    digest       text,
    version      bigint      NOT NULL,
    asked        bigint      NOT NULL,
    failures     bigint      NOT NULL,
    locked       boolean     NOT NULL,
    locked_until timestamptz,
    set_at       timestamptz NOT NULL,
    set_by       text        NOT NULL,
    PRIMARY KEY (book, wallet)
);

CREATE TABLE wallet_device (
    book              integer     NOT NULL,
    id                text        NOT NULL,
    wallet            text        NOT NULL,
    fingerprint_index text        NOT NULL,
    name              text        NOT NULL,
    platform          text        NOT NULL,
    trusted_at        timestamptz,
    added_at          timestamptz NOT NULL,
    added_by          text        NOT NULL,
    removed_at        timestamptz,
    removed_by        text,
    PRIMARY KEY (book, id)
);
CREATE INDEX wallet_device_wallet ON wallet_device (book, wallet, id);

CREATE TABLE wallet_code (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    kind       text        NOT NULL,
    wallet     text        NOT NULL,
    digest     text        NOT NULL,
    amount     bigint,
    note       text,
    issued_at  timestamptz NOT NULL,
    issued_by  text        NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    transfer   text,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX wallet_code_digest ON wallet_code (book, digest);
CREATE INDEX wallet_code_wallet ON wallet_code (book, wallet, id);

CREATE TABLE wallet_pocket (
    book      integer     NOT NULL,
    id        text        NOT NULL,
    wallet    text        NOT NULL,
    kind      text        NOT NULL,
    asset     text        NOT NULL,
    purpose   text,
    name      text        NOT NULL,
    account   bigint      NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text        NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX wallet_pocket_wallet ON wallet_pocket (book, wallet, id);

CREATE TABLE wallet_transfer (
    book      integer     NOT NULL,
    id        text        NOT NULL,
    payer     text        NOT NULL,
    payee     text        NOT NULL,
    amount    bigint      NOT NULL,
    asset     text        NOT NULL,
    kind      text        NOT NULL,
    channel   text        NOT NULL,
    counted   boolean     NOT NULL,
    transfer  bigint      NOT NULL,
    "on"      date        NOT NULL,
    at        timestamptz NOT NULL,
    by        text        NOT NULL,
    code      text,
    reference text,
    note      text,
    reverses  text,
    PRIMARY KEY (book, id)
);
CREATE INDEX wallet_transfer_payer ON wallet_transfer (book, payer, id);
CREATE INDEX wallet_transfer_payee ON wallet_transfer (book, payee, id);
CREATE INDEX wallet_transfer_reference ON wallet_transfer (book, reference) WHERE reference IS NOT NULL;

CREATE TABLE wallet_reversal (
    book        integer NOT NULL,
    transfer    text    NOT NULL,
    reversed_by text    NOT NULL,
    PRIMARY KEY (book, transfer)
);

CREATE TABLE wallet_exchange (
    book      integer     NOT NULL,
    id        text        NOT NULL,
    wallet    text        NOT NULL,
    deposit   text        NOT NULL,
    direction text        NOT NULL,
    amount    bigint      NOT NULL,
    channel   text        NOT NULL,
    given     bigint      NOT NULL,
    taken     bigint      NOT NULL,
    "on"      date        NOT NULL,
    at        timestamptz NOT NULL,
    by        text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX wallet_exchange_wallet ON wallet_exchange (book, wallet, id);

CREATE TABLE sub_wallet_day (
    book   integer NOT NULL,
    wallet text    NOT NULL,
    date   date    NOT NULL,
    paid   bigint  NOT NULL,
    PRIMARY KEY (book, wallet, date)
);

CREATE TABLE wallet_interest (
    book            integer NOT NULL,
    account         bigint  NOT NULL,
    wallet          text    NOT NULL,
    product         text    NOT NULL,
    earlier_product text,
    changed_on      date,
    accrued         bigint  NOT NULL,
    remainder       bigint  NOT NULL,
    day_count       bigint  NOT NULL,
    until           date    NOT NULL,
    settled_on      date    NOT NULL,
    closed          boolean NOT NULL,
    PRIMARY KEY (book, account)
);
CREATE INDEX wallet_interest_until ON wallet_interest (book, until, account) WHERE NOT closed;

CREATE TABLE wallet_interest_day (
    book        integer     NOT NULL,
    date        date        NOT NULL,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (book, date)
);
