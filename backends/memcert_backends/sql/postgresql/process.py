"""A PostgreSQL of one's own: the installed binaries, in a temporary folder, on a free port."""

from __future__ import annotations

import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from memcert_backends.servers.orphan_guard import guarded_folder
from memcert_backends.servers.server import ServerUnavailable
from memcert_backends.servers.server_process import (
    HOST,
    ServerProcess,
    ServerProgram,
    logged,
    running,
)
from memcert_backends.sql.account import Account, account_for
from memcert_backends.sql.server import Product

PRODUCT = Product(
    store="postgresql",
    schemes=("postgresql", "postgres"),
    drivers={"asyncpg": "timeout", "psycopg": "connect_timeout"},
    # The drivers look for a Unix socket first, and in the environment.
    default_host=None,
    default_port=5432,
    default_database="postgres",
    version="SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)",
    # template0, since nobody can be connected to that, which would make this fail.
    create="CREATE DATABASE {name} TEMPLATE template0",
    drop="DROP DATABASE IF EXISTS {name} WITH (FORCE)",
)
"""PostgreSQL 13 and later."""

SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    # Nothing outlives the folder: a crash of the machine may take it all.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "500",
    # In the folder, where a server that is killed leaves nothing behind.
    "dynamic_shared_memory_type": "mmap",
}
"""The configuration, apart from the port."""

KEPT: Mapping[str, str] = {
    # Without it, what was committed last is in this server's memory alone:
    # https://www.postgresql.org/docs/current/wal-async-commit.html
    "synchronous_commit": "on",
    # A process that is killed while it writes a page may have written a part of it.
    "full_page_writes": "on",
    # ``fsync`` stays off: what a process wrote outlives it in the system's memory. A power cut, for
    # which it is synchronised to the disk, is not what happens here.
}
"""What differs where the server keeps what it acknowledged when it is killed."""

_USER = "memcert"


def why_no_process() -> str | None:
    """Return why no PostgreSQL can be started here, in one line; None if one can be."""
    try:
        for program in ("initdb", "postgres"):
            _binary(program)
        account_for(("postgres", "nobody"))
    except (ServerUnavailable, LookupError) as error:
        return str(error).removeprefix("postgresql: ")
    return None


@contextmanager
def process(settings: Mapping[str, str] | None = None) -> Iterator[tuple[URL, ServerProcess]]:
    """Start a PostgreSQL, and stop it when the context or this process ends.

    Args:
        settings: its configuration, where it differs from `SETTINGS`.

    Raises:
        ServerUnavailable: there are no such binaries, or it does not start; one line says why.
    """
    initdb, postgres = _binary("initdb"), _binary("postgres")
    try:
        account = account_for(("postgres", "nobody"))
    except LookupError as error:
        raise ServerUnavailable(f"postgresql: {error}; run memcert as another user") from None
    with guarded_folder("memcert-postgresql-") as folder:
        account.own(folder)
        password = secrets.token_hex(16)
        _initialise(initdb, account, folder, password)

        def command(port: int) -> list[str]:
            chosen = {**SETTINGS, **(settings or {}), "port": str(port)}
            options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
            # Its messages go to its standard error, which a shell sends to a file.
            return logged(account.command(postgres, "-D", f"{folder}/data", *options))

        state = Path(folder, "data", "postmaster.pid")
        program = ServerProgram(
            store="postgresql",
            path=postgres,
            folder=folder,
            command=command,
            ready=lambda process_id, _: _ready(process_id, state),
            # It ends at once, but gives its shared memory back.
            last=signal.SIGQUIT,
        )
        try:
            with running(program) as started:
                url = URL.create("postgresql", _USER, password, HOST, started.port, "postgres")
                yield url, started
        finally:
            _give_back_memory(state)


def _binary(name: str) -> str:
    """Return the path of a program, from PATH or the newest of Debian's packages."""
    found = shutil.which(name)
    if found is None:
        places = sorted(
            Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
            key=lambda path: [int(digits) for digits in re.findall(r"\d+", str(path))],
        )
        found = str(places[-1]) if places else None
    if found is None:
        raise ServerUnavailable(
            f"postgresql: there is no {name} on PATH or in /usr/lib/postgresql; install PostgreSQL"
        )
    return str(Path(found).resolve())


def _initialise(initdb: str, account: Account, folder: str, password: str) -> None:
    secret = Path(folder, "password")
    secret.touch(mode=0o600)
    secret.write_text(f"{password}\n", "ascii")
    account.own(str(secret))
    command = account.command(
        initdb,
        f"--pgdata={folder}/data",
        f"--username={_USER}",
        f"--pwfile={secret}",
        # Anybody on this machine can connect; whoever can is an administrator of the server.
        "--auth=password",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    )
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise ServerUnavailable(f"postgresql: {initdb} fails: {reason}")


def _ready(process_id: int, state: Path) -> bool:
    lines = _lines(state)
    return len(lines) > 7 and lines[0] == str(process_id) and lines[7].strip() == "ready"


def _give_back_memory(state: Path) -> None:
    """Remove the small piece of shared memory that a server leaves behind when it is killed."""
    lines = _lines(state)
    if len(lines) > 6 and lines[6].strip():
        with suppress(FileNotFoundError):
            subprocess.run(["ipcrm", "-m", lines[6].split()[1]], capture_output=True, check=False)


def _lines(state: Path) -> list[str]:
    """Return what a running server says of itself; it removes that when it ends.

    The first line is its process id, the seventh the key and the id of its shared memory, and the
    eighth whether it is ready: https://www.postgresql.org/docs/current/storage-file-layout.html
    """
    try:
        return state.read_text("ascii", "replace").split("\n")
    except FileNotFoundError:
        return []
