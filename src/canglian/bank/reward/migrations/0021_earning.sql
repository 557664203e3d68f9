-- How far people are with tasks of a month, whom they have invited, and codes by which benefits are redeemed.

CREATE TABLE task_progress (
    book       integer     NOT NULL,
    offer      text        NOT NULL,
    party      text        NOT NULL,
    month      date        NOT NULL,
    wallet     text        NOT NULL,
    payments   jsonb       NOT NULL,
    rewards    jsonb       NOT NULL,
    owed       bigint      NOT NULL,
    joined_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, offer, party, month)
);
CREATE INDEX task_progress_party ON task_progress (book, party);

CREATE TABLE invitation (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    offer      text        NOT NULL,
    party      text        NOT NULL,
    wallet     text        NOT NULL,
    accepted   bigint      NOT NULL,
    rewarded   bigint      NOT NULL,
    owed       bigint      NOT NULL,
    opened_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX invitation_mine ON invitation (book, offer, party);

CREATE TABLE invitee (
    book        integer     NOT NULL,
    offer       text        NOT NULL,
    party       text        NOT NULL,
    invitation  text        NOT NULL,
    payment     text,
    coupon      text,
    accepted_at timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (book, offer, party)
);
CREATE INDEX invitee_party ON invitee (book, party);

CREATE TABLE benefit_code (
    book   integer NOT NULL,
    code   text    NOT NULL,
    coupon text    NOT NULL,
    PRIMARY KEY (book, code)
);
CREATE INDEX benefit_code_coupon ON benefit_code (book, coupon);
