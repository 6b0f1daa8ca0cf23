"""SQL: the facts, the tickets and the embedded agent desk, on SQLite or PostgreSQL."""
