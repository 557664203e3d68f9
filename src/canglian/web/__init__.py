"""The server toolkit: sign-in, signing, pages, forms, tables, charts and problem details. It knows no banking."""
