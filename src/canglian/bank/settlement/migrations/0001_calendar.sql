-- The business calendar, a row for each year that was announced: which days are off, which weekend days are worked.

CREATE TABLE calendar_year (
    book       integer     NOT NULL,
    year       bigint      NOT NULL,
    holidays   jsonb       NOT NULL,
    workdays   jsonb       NOT NULL,
    source     text        NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text        NOT NULL,
    PRIMARY KEY (book, year)
);
