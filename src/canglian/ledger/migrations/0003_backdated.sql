-- Transfers with an earlier business date than one that their account had moved on: interest of a day that is over.

CREATE TABLE backdated_entry (
    book     integer NOT NULL,
    account  bigint  NOT NULL,
    transfer bigint  NOT NULL,
    date     date    NOT NULL,
    until    date    NOT NULL,
    debits   bigint  NOT NULL,
    credits  bigint  NOT NULL,
    PRIMARY KEY (book, account, transfer)
);
CREATE INDEX backdated_entry_date ON backdated_entry (book, date);
