-- Shopping seasons: their themes and campaigns, the merchants and bureaus that take part, notes about merchants.

CREATE TABLE season (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    name       text        NOT NULL,
    starts_on  date        NOT NULL,
    ends_on    date        NOT NULL,
    malls      jsonb       NOT NULL,
    opened_at  timestamptz NOT NULL,
    opened_by  text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE season_theme (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    season     text        NOT NULL,
    name       text        NOT NULL,
    summary    text        NOT NULL,
    starts_on  date        NOT NULL,
    ends_on    date        NOT NULL,
    districts  jsonb       NOT NULL,
    malls      jsonb       NOT NULL,
    added_at   timestamptz NOT NULL,
    added_by   text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX season_theme_season ON season_theme (book, season, id);

CREATE TABLE season_campaign (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    season     text        NOT NULL,
    theme      text        NOT NULL,
    campaign   text        NOT NULL,
    joining    text        NOT NULL,
    leave_days bigint      NOT NULL,
    added_at   timestamptz NOT NULL,
    added_by   text        NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX season_campaign_theme ON season_campaign (book, theme, id);
CREATE INDEX season_campaign_season ON season_campaign (book, season, id);
CREATE UNIQUE INDEX season_campaign_campaign ON season_campaign (book, campaign);

CREATE TABLE season_merchant (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    place      text        NOT NULL,
    campaign   text        NOT NULL,
    merchant   text        NOT NULL,
    mall       text,
    state      text        NOT NULL,
    reason     text,
    asked_at   timestamptz NOT NULL,
    asked_by   text        NOT NULL,
    joined_at  timestamptz,
    leaves_at  timestamptz,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX season_merchant_place ON season_merchant (book, place, merchant);
CREATE INDEX season_merchant_merchant ON season_merchant (book, merchant, id);
CREATE INDEX season_merchant_campaign ON season_merchant (book, campaign, id);
CREATE INDEX season_merchant_leaving ON season_merchant (book, leaves_at, id) WHERE state = 'leaving';
CREATE INDEX season_merchant_joined ON season_merchant (book, id) WHERE state = 'joined';

CREATE TABLE season_bureau (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    name       text        NOT NULL,
    wallets    jsonb       NOT NULL,
    logins     jsonb       NOT NULL,
    opened_at  timestamptz NOT NULL,
    opened_by  text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE season_note (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    merchant   text        NOT NULL,
    signs      jsonb       NOT NULL,
    payments   bigint      NOT NULL,
    discount   bigint      NOT NULL,
    since      timestamptz NOT NULL,
    holds      boolean     NOT NULL,
    state      text        NOT NULL,
    reason     text,
    noted_at   timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX season_note_merchant ON season_note (book, merchant, id);
