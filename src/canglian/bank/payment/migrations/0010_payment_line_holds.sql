-- A line keeps the hold of which its money was taken: all captures are found by it, also after the last one.
UPDATE payment_line SET hold = t.hold FROM transfer t
WHERE t.book = payment_line.book AND t.id = payment_line.transfer AND payment_line.hold IS NULL AND t.hold IS NOT NULL;
