-- Published rates, products whose rate follows one, and when a loan follows it next.

CREATE TABLE benchmark_rate (
    book              integer NOT NULL,
    code              text NOT NULL,
    version           bigint NOT NULL,
    name              text NOT NULL,
    rate_ppm          bigint NOT NULL,
    effective_from    date NOT NULL,
    note              text NOT NULL,
    created_at        timestamptz NOT NULL,
    created_by        text NOT NULL,
    PRIMARY KEY (book, code, version)
);
ALTER TABLE loan_product
    ADD COLUMN benchmark text,
    ADD COLUMN margin_bps bigint NOT NULL DEFAULT 0,
    ADD COLUMN repricing text NOT NULL DEFAULT 'new_year',
    ADD COLUMN rate_floor_ppm bigint NOT NULL DEFAULT 0,
    ADD COLUMN rate_cap_ppm bigint NOT NULL DEFAULT 360000;
ALTER TABLE loan_product
    ALTER COLUMN margin_bps DROP DEFAULT,
    ALTER COLUMN repricing DROP DEFAULT,
    ALTER COLUMN rate_floor_ppm DROP DEFAULT,
    ALTER COLUMN rate_cap_ppm DROP DEFAULT;
ALTER TABLE loan ADD COLUMN reprices_on date;
