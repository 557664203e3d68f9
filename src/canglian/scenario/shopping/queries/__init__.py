"""What pages and the API of shopping seasons read."""
