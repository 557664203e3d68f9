-- Signing in to a person's own pages. Codes stand here as a keyed hash, tokens as a SHA-256.

CREATE TABLE sign_in (
    book          integer     NOT NULL,
    id            text        NOT NULL,
    mobile_index  text,
    mobile_sealed text,
    mobile_mask   text        NOT NULL,
    challenge     text        NOT NULL,
    code_index    text,
    code_until    timestamptz NOT NULL,
    asked_at      timestamptz NOT NULL,
    sends         bigint      NOT NULL,
    sends_since   timestamptz NOT NULL,
    tries         bigint      NOT NULL,
    locked_until  timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX sign_in_mobile ON sign_in (book, mobile_index) WHERE mobile_index IS NOT NULL;
CREATE INDEX sign_in_challenge ON sign_in (book, challenge);

CREATE TABLE person_session (
    book          integer     NOT NULL,
    id            text        NOT NULL,
    party         text,
    mobile_sealed text,
    mobile_mask   text        NOT NULL,
    mobile_index  text,
    device        text        NOT NULL,
    created_at    timestamptz NOT NULL,
    seen_at       timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_by      text,
    proved        text,
    proved_until  timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX person_session_party ON person_session (book, party) WHERE party IS NOT NULL;
CREATE INDEX person_session_mobile ON person_session (book, mobile_index) WHERE mobile_index IS NOT NULL;
