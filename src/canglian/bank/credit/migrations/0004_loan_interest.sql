-- The interest of each loan in a narrow row of its own: most days change nothing else of a loan.

CREATE TABLE loan_interest (
    book           integer NOT NULL,
    loan           text NOT NULL,
    product        text NOT NULL,
    version        bigint NOT NULL,
    drawn_on       date NOT NULL,
    rate_ppm       bigint NOT NULL,
    bearing        bigint NOT NULL,
    period_from    date NOT NULL,
    until          date,
    stopped        boolean NOT NULL,
    accrued        bigint NOT NULL,
    accrued_to     date NOT NULL,
    PRIMARY KEY (book, loan)
) WITH (fillfactor = 50);
INSERT INTO loan_interest
    SELECT book, id, product, version, drawn_on, rate_ppm, outstanding - due_principal, period_from,
        CASE WHEN state IN ('active', 'grace', 'overdue') THEN accrued_to END,
        accrual_stopped_on IS NOT NULL, accrued, accrued_to
    FROM loan;
DROP INDEX loan_living;
CREATE INDEX loan_interest_living ON loan_interest (book, loan) WHERE until IS NOT NULL;
