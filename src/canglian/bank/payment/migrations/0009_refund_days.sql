-- Refunds of a business date, as reconciliation reads them.

CREATE INDEX refund_on ON refund (book, "on", id);
