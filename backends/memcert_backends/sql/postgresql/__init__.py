"""PostgreSQL: its SQL, its backends, and how it is started."""
