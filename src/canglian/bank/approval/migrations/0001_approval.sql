-- Approval: policies by version, groups of approvers, delegations, and proposals that wait for votes.

CREATE TABLE approval_policy (
    book           integer     NOT NULL,
    code           text        NOT NULL,
    version        bigint      NOT NULL,
    kind           text        NOT NULL,
    name           text        NOT NULL,
    asset          text,
    amount_from    bigint,
    amount_to      bigint,
    roles          jsonb       NOT NULL,
    tiers          jsonb       NOT NULL,
    expiry_hours   bigint      NOT NULL,
    keys_vote      boolean     NOT NULL,
    enforced       boolean     NOT NULL,
    active         boolean     NOT NULL,
    effective_from date        NOT NULL,
    created_at     timestamptz NOT NULL,
    created_by     text        NOT NULL,
    PRIMARY KEY (book, code, version)
);
CREATE INDEX approval_policy_kind ON approval_policy (book, kind, code, version);

CREATE TABLE approver_group (
    book       integer     NOT NULL,
    code       text        NOT NULL,
    name       text        NOT NULL,
    members    jsonb       NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text        NOT NULL,
    PRIMARY KEY (book, code)
);
CREATE INDEX approver_group_members ON approver_group USING gin (members jsonb_path_ops);

CREATE TABLE delegation (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    delegator  text        NOT NULL,
    delegate   text        NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX delegation_delegator ON delegation (book, delegator, id);
CREATE INDEX delegation_delegate ON delegation (book, delegate, id);

CREATE TABLE proposal (
    book           integer     NOT NULL,
    id             text        NOT NULL,
    kind           text        NOT NULL,
    subject        text        NOT NULL,
    amount         bigint,
    asset          text,
    payload        text        NOT NULL,
    facts          jsonb       NOT NULL,
    digest         text        NOT NULL,
    reason         text        NOT NULL,
    maker          text        NOT NULL,
    maker_role     text        NOT NULL,
    maker_behind   text,
    policy         text        NOT NULL,
    policy_version bigint      NOT NULL,
    tier           bigint      NOT NULL,
    waits_group    text,
    waits_role     text,
    votes          jsonb       NOT NULL,
    state          text        NOT NULL,
    filed_at       timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    command        bigint,
    outcome        text,
    failure_code   text,
    failure_fields jsonb,
    PRIMARY KEY (book, id)
) WITH (fillfactor = 70);
CREATE INDEX proposal_state ON proposal (book, state, id);
CREATE INDEX proposal_subject ON proposal (book, subject, id);
CREATE INDEX proposal_maker ON proposal (book, maker, id);
CREATE INDEX proposal_group ON proposal (book, waits_group, id) WHERE waits_group IS NOT NULL;
CREATE INDEX proposal_role ON proposal (book, waits_role, id) WHERE waits_role IS NOT NULL;
CREATE INDEX proposal_due ON proposal (book, expires_at) WHERE state = 'pending';
