"""How a MariaDB is started."""

from __future__ import annotations

from memcert_backends.sql.database import DatabaseStore

DEFAULT = "process"
"""How it is started where nothing else is asked for."""

URL = "mariadb://user@host"
"""What the URL of a running one looks like."""

_STORE = DatabaseStore(
    store="mariadb",
    title="MariaDB",
    drivers=("aiomysql", "asyncmy"),
    image="mariadb:10.11",
    port=3306,
    user="root",
    environment={"MARIADB_ROOT_PASSWORD": "{password}"},
    # Nothing outlives the container: a crash of the machine may take it all.
    command=("--innodb-flush-log-at-trx-commit=0", "--max-connections=200"),
    process="memcert_backends.sql.mysql.mariadb_process",
)

start = _STORE.start
why_not = _STORE.why_not
