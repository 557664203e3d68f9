-- Whose wallets a quote weighed, so that the quotes of a customer are found without looking at all others.

CREATE TABLE coupon_quote_wallet (
    book   integer NOT NULL,
    wallet text    NOT NULL,
    quote  text    NOT NULL,
    PRIMARY KEY (book, wallet, quote)
);
INSERT INTO coupon_quote_wallet (book, wallet, quote)
    SELECT DISTINCT coupon_quote.book, weighed.wallet, coupon_quote.id
    FROM coupon_quote, jsonb_array_elements_text(coupon_quote.wallets) AS weighed (wallet);
