"""An emulator of one's own that can be killed: it keeps what it acknowledged in a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memcert_backends.servers.killable import killable
from memcert_backends.servers.orphan_guard import guarded_folder
from memcert_backends.servers.server import KillableServer, Server
from memcert_backends.servers.server_process import (
    HOST,
    ServerProcess,
    ServerProgram,
    logged,
    running,
)
from memcert_backends.tablestore.host import READY
from memcert_backends.tablestore.own_table import STORE, emulator_version, lag, new_table
from memcert_backends.tablestore.url import TablestoreURL
from tablestore_emulator.settings import Settings


@contextmanager
def tablestore_process() -> Iterator[Server]:
    """Start an emulator, and stop it when the context or this process ends.

    Raises:
        ServerUnavailable: it does not start; one line says why.
    """
    with (
        _running() as process,
        new_table(_place(process), "process", emulator_version(), killable_tablestore) as server,
    ):
        yield server


@contextmanager
def killable_tablestore() -> Iterator[KillableServer]:
    """Start an emulator that can be killed, and stop it when the context or this process ends.

    Raises:
        ServerUnavailable: it does not start; one line says why.
    """
    with (
        _running() as process,
        new_table(_place(process), "process", emulator_version()) as server,
        killable(server, [process]) as made,
    ):
        yield made


@contextmanager
def _running() -> Iterator[ServerProcess]:
    with guarded_folder("memcert-tablestore-") as folder:
        # -P: nothing in the working folder takes the place of an installed module.
        command = [sys.executable, "-P", "-m", "memcert_backends.tablestore.host"]
        command.append(f"--lag={lag()}")
        ready = Path(folder, READY)

        def is_ready(process_id: int, port: int) -> bool:
            try:
                said = json.loads(ready.read_text("utf-8"))
            except (FileNotFoundError, ValueError):
                # Where it cannot be made anew, it is written over.
                return False
            return bool(said == {"process": process_id, "port": port})

        program = ServerProgram(
            store=STORE,
            path="the emulator",
            folder=folder,
            command=lambda port: logged([*command, f"--folder={folder}", f"--port={port}"]),
            ready=is_ready,
        )
        with running(program) as process:
            yield process


def _place(process: ServerProcess) -> TablestoreURL:
    settings = Settings()
    return TablestoreURL(
        host=HOST,
        port=process.port,
        instance_name=settings.instance_name,
        access_key_id=settings.access_key_id,
        access_key_secret=settings.access_key_secret,
        scheme="http",
    )
