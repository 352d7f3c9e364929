"""MySQL and MariaDB: their SQL, their backends, and how they are started."""
