"""A MariaDB of one's own: the installed binaries, in a temporary folder, on a free port."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from memcert_backends.servers.orphan_guard import guarded_folder
from memcert_backends.servers.server import ServerUnavailable
from memcert_backends.servers.server_process import HOST, ServerProcess, ServerProgram, running
from memcert_backends.sql.account import Account, account_for
from memcert_backends.sql.server import Product

PRODUCT = Product(
    store="mariadb",
    # SQLAlchemy's `mysql` is for both; its `mariadb` refuses a MySQL.
    schemes=("mysql", "mariadb"),
    drivers={"aiomysql": "connect_timeout", "asyncmy": "connect_timeout"},
    default_host="localhost",
    default_port=3306,
    default_database=None,
    version=(
        "SELECT CONCAT(IF(VERSION() LIKE '%%MariaDB%%', 'MariaDB ', 'MySQL '),"
        " SUBSTRING_INDEX(VERSION(), '-', 1))"
    ),
    # Some other character set than the texts': it plays no part.
    create="CREATE DATABASE {name}",
    drop="DROP DATABASE IF EXISTS {name}",
)
"""MariaDB 10.6 and later, and MySQL 8.0.19 and later."""

SETTINGS: Mapping[str, str] = {
    "bind-address": HOST,
    "skip-name-resolve": "ON",
    "skip-log-bin": "",
    # Nothing outlives the folder: a crash of the machine may take it all.
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-flush-method": "nosync",
    "innodb-buffer-pool-size": "128M",
    "performance-schema": "OFF",
    "max-connections": "500",
}
"""The configuration, apart from the port and the folder; an empty value is a bare option."""

KEPT: Mapping[str, str] = {
    # With 0, what was committed in the last second is in this process alone:
    # https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables#innodb_flush_log_at_trx_commit
    # ``nosync`` stays: what a process wrote outlives it in the system's memory. A power cut, for
    # which it is synchronised to the disk, is not what happens here.
    "innodb-flush-log-at-trx-commit": "1",
}
"""What differs where the server keeps what it acknowledged when it is killed."""

_USER = "memcert"

# Whoever can connect from this machine is not let in without the password. Executed at each start.
_ACCOUNTS = """\
CREATE OR REPLACE USER '{user}'@'%' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON *.* TO '{user}'@'%' WITH GRANT OPTION;
DELETE FROM mysql.global_priv WHERE User <> '{user}' AND User NOT LIKE 'mariadb.%';
FLUSH PRIVILEGES;
"""


def why_no_process() -> str | None:
    """Return why no MariaDB can be started here, in one line; None if one can be."""
    try:
        for program in ("mariadb-install-db", "mariadbd"):
            _binary(program)
        account_for(("mysql", "nobody"))
    except (ServerUnavailable, LookupError) as error:
        return str(error).removeprefix("mariadb: ")
    return None


@contextmanager
def process(settings: Mapping[str, str] | None = None) -> Iterator[tuple[URL, ServerProcess]]:
    """Start a MariaDB, and stop it when the context or this process ends.

    Args:
        settings: its configuration, where it differs from `SETTINGS`.

    Raises:
        ServerUnavailable: there are no such binaries, or it does not start; one line says why.
    """
    install, mariadbd = _binary("mariadb-install-db"), _binary("mariadbd")
    try:
        account = account_for(("mysql", "nobody"))
    except LookupError as error:
        raise ServerUnavailable(f"mariadb: {error}; run memcert as another user") from None
    with guarded_folder("memcert-mariadb-") as folder:
        account.own(folder)
        _initialise(install, account, folder)
        password = secrets.token_hex(16)
        accounts = Path(folder, "accounts.sql")
        accounts.touch(mode=0o600)
        accounts.write_text(_ACCOUNTS.format(user=_USER, password=password), "ascii")
        account.own(str(accounts))

        def url_at(port: int) -> URL:
            return URL.create("mysql", _USER, password, HOST, port)

        program = ServerProgram(
            store="mariadb",
            path=mariadbd,
            folder=folder,
            command=lambda port: account.command(mariadbd, *_options(folder, port, settings or {})),
            ready=lambda _, port: _ready(url_at(port)),
        )
        with running(program) as started:
            yield url_at(started.port), started


def _options(folder: str, port: int, settings: Mapping[str, str]) -> list[str]:
    chosen = {
        **SETTINGS,
        **settings,
        "datadir": f"{folder}/data",
        "socket": f"{folder}/socket",
        "pid-file": f"{folder}/pid",
        "log-error": f"{folder}/log",
        "init-file": f"{folder}/accounts.sql",
        "port": str(port),
    }
    options = [f"--{name}={value}" if value else f"--{name}" for name, value in chosen.items()]
    # Nothing of this machine's own configuration.
    return ["--no-defaults", *options]


def _binary(name: str) -> str:
    """Return the path of a program, from PATH or where Debian puts servers."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ServerUnavailable(
            f"mariadb: there is no {name} on PATH or in /usr/sbin; install MariaDB"
        )
    return str(Path(found).resolve())


def _initialise(install: str, account: Account, folder: str) -> None:
    command = account.command(
        install,
        "--no-defaults",
        f"--datadir={folder}/data",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
    )
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise ServerUnavailable(f"mariadb: {install} fails: {reason}")


def _ready(url: URL) -> bool:
    try:
        # No other server lets this user in.
        PRODUCT.execute(url, "SELECT 1")
    except ServerUnavailable:
        return False
    return True
