-- What somebody has paid with money that is theirs, wherever it is kept.

CREATE INDEX payment_line_holder ON payment_line (book, holder, payment) WHERE holder IS NOT NULL;
CREATE INDEX refund_line_holder ON refund_line (book, holder, refund) WHERE holder IS NOT NULL;
