-- What users keep of lists: views under a name, and the columns they chose. They live in book 0.

CREATE TABLE saved_view (
    book       integer     NOT NULL,
    id         bigint      NOT NULL,
    owner      text        NOT NULL,
    of_book    bigint      NOT NULL,
    of_list    text        NOT NULL,
    name       text        NOT NULL,
    query      text,
    shared     boolean     NOT NULL,
    saved_at   timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (book, id)
);
CREATE INDEX saved_view_owner ON saved_view (book, owner);
CREATE INDEX saved_view_of_list ON saved_view (book, of_book, of_list) WHERE removed_at IS NULL;

CREATE TABLE column_choice (
    book    integer NOT NULL,
    id      text    NOT NULL,
    columns jsonb   NOT NULL,
    PRIMARY KEY (book, id)
);
