"""A PostgreSQL of one's own: the installed binaries, in a temporary folder, on a free port."""

from __future__ import annotations

import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from memcert_backends.servers.account import Account, account_for
from memcert_backends.servers.guarded import guarded_folder, guarded_process
from memcert_backends.servers.server import ServerUnavailable
from memcert_backends.servers.sql import Product

PRODUCT = Product(
    store="postgresql",
    schemes=("postgresql", "postgres"),
    drivers={"asyncpg": "timeout", "psycopg": "connect_timeout"},
    default_database="postgres",
    version="SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)",
    # template0, since nobody can be connected to that, which would make this fail.
    create="CREATE DATABASE {name} TEMPLATE template0",
    drop="DROP DATABASE IF EXISTS {name} WITH (FORCE)",
)
"""PostgreSQL 13 and later."""

HOST = "127.0.0.1"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    # Nothing outlives the folder: a crash of the machine may take it all.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    # In the folder, where a server that is killed leaves nothing behind.
    "dynamic_shared_memory_type": "mmap",
}
"""The configuration, apart from the port."""

_USER = "memcert"
_START_SECONDS = 30.0
_ATTEMPTS = 3


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
def process(settings: Mapping[str, str] | None = None) -> Iterator[URL]:
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
        for attempt in range(1, _ATTEMPTS + 1):
            port = _free_port()
            chosen = {**SETTINGS, **(settings or {}), "port": str(port)}
            options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
            # Its messages go to its standard error, which a shell sends to a file.
            command = account.command(postgres, "-D", f"{folder}/data", *options)
            with guarded_process(_logged(command), folder) as process:
                try:
                    _wait_until_ready(process, Path(folder))
                except _Ended:
                    # Another process may have taken the port since.
                    if attempt == _ATTEMPTS:
                        raise ServerUnavailable(
                            f"postgresql: {postgres} does not start: {_last_line(folder)}"
                        ) from None
                    continue
                try:
                    yield URL.create("postgresql", _USER, password, HOST, port, "postgres")
                finally:
                    # At once, but with its shared memory given back.
                    process.send_signal(signal.SIGQUIT)
                    process.wait()
                return


class _Ended(Exception):
    pass


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


def _logged(command: list[str]) -> list[str]:
    return ["/bin/sh", "-c", 'exec "$@" >log 2>&1', "sh", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    # Its first line is the process id and its eighth the state:
    # https://www.postgresql.org/docs/current/storage-file-layout.html
    state = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise _Ended
        lines = state.read_text("ascii", "replace").split("\n") if state.exists() else []
        if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.01)
    raise ServerUnavailable(f"postgresql: postgres does not start within {_START_SECONDS:g} s")


def _last_line(folder: str) -> str:
    log = Path(folder, "log")
    lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
    return next((line for line in reversed(lines) if line.strip()), "it wrote no log")
