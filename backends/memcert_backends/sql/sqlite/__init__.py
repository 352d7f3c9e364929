"""SQLite: its SQL, its backend, and its file."""
