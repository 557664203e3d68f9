-- Classes of loans, interest that is not recognised, provisions, and what is owed after a write-off.

ALTER TABLE loan_product
    ADD COLUMN class_days jsonb NOT NULL DEFAULT '[1, 90, 270, 360]',
    ADD COLUMN provision_bps jsonb NOT NULL DEFAULT '[100, 200, 2500, 5000, 10000]';
ALTER TABLE loan_product ALTER COLUMN class_days DROP DEFAULT, ALTER COLUMN provision_bps DROP DEFAULT;

ALTER TABLE loan
    ADD COLUMN risk_class text NOT NULL DEFAULT 'normal',
    ADD COLUMN class_floor text,
    ADD COLUMN class_since date,
    ADD COLUMN accrual_stopped_on date,
    ADD COLUMN provision bigint NOT NULL DEFAULT 0,
    ADD COLUMN claim_principal bigint NOT NULL DEFAULT 0,
    ADD COLUMN claim_interest bigint NOT NULL DEFAULT 0,
    ADD COLUMN claim_fees bigint NOT NULL DEFAULT 0,
    ADD COLUMN recovered bigint NOT NULL DEFAULT 0;
UPDATE loan SET class_since = drawn_on;
ALTER TABLE loan
    ALTER COLUMN risk_class DROP DEFAULT,
    ALTER COLUMN class_since SET NOT NULL,
    ALTER COLUMN provision DROP DEFAULT,
    ALTER COLUMN claim_principal DROP DEFAULT,
    ALTER COLUMN claim_interest DROP DEFAULT,
    ALTER COLUMN claim_fees DROP DEFAULT,
    ALTER COLUMN recovered DROP DEFAULT;

CREATE TABLE loan_class_change (
    book            integer NOT NULL,
    id              text NOT NULL,
    loan            text NOT NULL,
    before          text NOT NULL,
    after           text NOT NULL,
    floor           text,
    days_overdue    bigint NOT NULL,
    provision       bigint NOT NULL,
    reason          text,
    "on"            date NOT NULL,
    at              timestamptz NOT NULL,
    by              text NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX loan_class_change_loan ON loan_class_change (book, loan);
