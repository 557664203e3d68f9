-- What bounded rules of points have given: to somebody, and to all together; what each rule gave of a lot.

ALTER TABLE point_lot ADD COLUMN by_rules jsonb NOT NULL DEFAULT '[]';

CREATE TABLE point_rule_count (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    scheme     text        NOT NULL,
    rule       bigint      NOT NULL,
    party      text        NOT NULL,
    points     bigint      NOT NULL,
    day        date,
    day_points bigint      NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE UNIQUE INDEX point_rule_count_rule ON point_rule_count (book, scheme, rule, party);
