"""The server toolkit: sign-in, request signing, pages, forms, tables, charts and problem details. It knows no banking."""
