-- The accounts of a funder are called accounts, where amounts of money have their bare names.

UPDATE campaign SET funders = (
    SELECT jsonb_agg(
        f - ARRAY['unreserved', 'reserved', 'spent', 'returned'] || jsonb_build_object(
            'unreserved_account', f -> 'unreserved', 'reserved_account', f -> 'reserved',
            'spent_account', f -> 'spent', 'returned_account', f -> 'returned'
        ) ORDER BY place
    )
    FROM jsonb_array_elements(funders) WITH ORDINALITY AS each (f, place)
);
