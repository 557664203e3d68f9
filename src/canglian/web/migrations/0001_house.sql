-- The installation itself: its books, users, API keys and sessions. They all live in book 0.

CREATE TABLE book_profile (
    book      integer     NOT NULL,
    id        bigint      NOT NULL,
    code      text        NOT NULL,
    name      text        NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX book_profile_code ON book_profile (book, code);

CREATE TABLE house_user (
    book          integer     NOT NULL,
    id            bigint      NOT NULL,
    login         text        NOT NULL,
    name          text        NOT NULL,
    password      text        NOT NULL,
    roles         jsonb       NOT NULL,
    language      text,
    totp          text,
    totp_step     bigint      NOT NULL,
    failures      bigint      NOT NULL,
    locked_until  timestamptz,
    disabled      boolean     NOT NULL,
    administrator boolean     NOT NULL,
    must_change   boolean     NOT NULL,
    created_at    timestamptz NOT NULL,
    logged_in_at  timestamptz,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX house_user_login ON house_user (book, login);
CREATE INDEX house_user_administrator ON house_user (book, administrator) WHERE administrator;

CREATE TABLE api_key (
    book              integer     NOT NULL,
    id                text        NOT NULL,
    digest            text        NOT NULL,
    name              text        NOT NULL,
    client            text        NOT NULL,
    of_book           bigint      NOT NULL,
    role              text        NOT NULL,
    version           text        NOT NULL,
    rate_per_second   bigint,
    rate_burst        bigint,
    created_at        timestamptz NOT NULL,
    created_by        text        NOT NULL,
    expires_at        timestamptz,
    revoked_at        timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX api_key_of_book ON api_key (book, of_book, created_at);

CREATE TABLE login_session (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    login_user bigint      NOT NULL,
    of_book    bigint      NOT NULL,
    confirmed  boolean     NOT NULL,
    address    text,
    agent      text,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX login_session_user ON login_session (book, login_user, created_at);
