-- Plans that begin within a period, at a rate of their own; interest that was earned of it under the plan before.

ALTER TABLE loan ADD COLUMN carried bigint NOT NULL DEFAULT 0;
ALTER TABLE loan ALTER COLUMN carried DROP DEFAULT;
ALTER TABLE loan_interest ADD COLUMN carried bigint NOT NULL DEFAULT 0;
ALTER TABLE loan_interest ALTER COLUMN carried DROP DEFAULT;
ALTER TABLE loan_plan ADD COLUMN deferred bigint NOT NULL DEFAULT 0, ADD COLUMN rate_ppm bigint NOT NULL DEFAULT 0;
UPDATE loan_plan SET rate_ppm = loan.rate_ppm FROM loan WHERE loan.book = loan_plan.book AND loan.id = loan_plan.loan;
ALTER TABLE loan_plan ALTER COLUMN deferred DROP DEFAULT, ALTER COLUMN rate_ppm DROP DEFAULT;
