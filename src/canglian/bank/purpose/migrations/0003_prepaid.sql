-- Prepaid cards: offers of merchants, cards that are contracts of their buyers, and bonus money that is spent with them;
-- grants that holders passed on.

ALTER TABLE purpose_contract ADD COLUMN offer text;
ALTER TABLE purpose_contract ADD COLUMN card text;
CREATE INDEX purpose_contract_offer ON purpose_contract (book, offer, id) WHERE offer IS NOT NULL;
ALTER TABLE purpose_grant ADD COLUMN bonus text;
ALTER TABLE purpose_grant ADD COLUMN bonus_of text;
ALTER TABLE purpose_grant ADD COLUMN origin text;
ALTER TABLE purpose_grant ADD COLUMN passed_on bigint NOT NULL DEFAULT 0;

CREATE TABLE prepaid_offer (
    book       integer     NOT NULL,
    id         text        NOT NULL,
    payee      text        NOT NULL,
    name       text        NOT NULL,
    bonus_bps  bigint      NOT NULL,
    pool       text,
    days       bigint      NOT NULL,
    state      text        NOT NULL,
    reason     text,
    opened_at  timestamptz NOT NULL,
    opened_by  text        NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX prepaid_offer_payee ON prepaid_offer (book, payee, id);
