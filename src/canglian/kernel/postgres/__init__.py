"""Everything that knows PostgreSQL: connections, the store, migrations and the embedded server."""
