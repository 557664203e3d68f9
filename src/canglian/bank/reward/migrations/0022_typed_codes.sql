-- Wrong codes of prizes and benefits, so that none is found by trying, whatever restarts and however many processes.

CREATE TABLE typed_codes (
    book         integer     NOT NULL,
    of           text        NOT NULL,
    wrong        bigint      NOT NULL,
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (book, of)
);
