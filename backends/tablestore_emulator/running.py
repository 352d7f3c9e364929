"""Starting an emulator, in a process or a thread of its own, for as long as a context lasts."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tablestore_emulator.control_client import Control
from tablestore_emulator.settings import REQUEST_SECONDS

_SECONDS = 30.0


class EmulatorUnavailable(RuntimeError):
    """No emulator could be started; one line says why."""


@dataclass(frozen=True)
class RunningEmulator:
    """An emulator that runs, and how clients reach it.

    Args:
        end_point: its URL.
        instance_name: the instance that clients name.
        access_key_id: the key that they sign with.
        access_key_secret: its secret.
        control: what tests tell it with.
        process_id: the process that it runs in; None where that is this one.
    """

    end_point: str
    instance_name: str
    access_key_id: str
    access_key_secret: str
    control: Control
    process_id: int | None = None

    @property
    def client_options(self) -> dict[str, Any]:
        """What the SDK's clients take: ``OTSClient(**running.client_options)``."""
        return {
            "end_point": self.end_point,
            "access_key_id": self.access_key_id,
            "access_key_secret": self.access_key_secret,
            "instance_name": self.instance_name,
        }


@contextmanager
def emulator(
    *,
    port: int = 0,
    control_port: int = 0,
    lag: str = "1-3s",
    build: str | None = None,
    secondary_lag: str = "1-10ms",
    seed: int | None = None,
    transactions: bool = True,
    snapshot: Path | None = None,
    request_seconds: float = REQUEST_SECONDS,
    in_thread: bool = False,
) -> Iterator[RunningEmulator]:
    """Start an emulator; it ends with the context, or with this process.

    Args:
        port: where clients reach it; 0 for any free one.
        control_port: where tests do; 0 for any free one.
        lag: how far search indexes are behind: ``1-3s`` as in the service, ``0``, ``manual``.
        build: how long a new search index takes to be there; None for `lag`.
        secondary_lag: how far global secondary indexes are behind.
        seed: where chance comes from; None for another one each time.
        transactions: whether tables have local transactions.
        snapshot: a file with the state to start from, and where it is kept on request.
        request_seconds: how long a request's headers may take, and then its body.
        in_thread: whether it runs in a thread of this process. It then takes turns with what else
            the process does, and some of the clients' helpers block.

    Raises:
        EmulatorUnavailable: it does not start; one line says why.
    """
    options = [f"--port={port}", f"--control-port={control_port}", f"--lag={lag}"]
    options += [f"--secondary-lag={secondary_lag}", f"--request-seconds={request_seconds}"]
    options += [] if build is None else [f"--build={build}"]
    options += [] if seed is None else [f"--seed={seed}"]
    options += [] if transactions else ["--no-transactions"]
    options += [] if snapshot is None else [f"--snapshot={snapshot}"]
    with _in_thread(options) if in_thread else _in_process(options) as running:
        yield running


@contextmanager
def _in_process(options: Sequence[str]) -> Iterator[RunningEmulator]:
    # -P: nothing in the working folder takes the place of an installed module.
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "tablestore_emulator", "--piped", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # An interrupt from the terminal is for this process, which still uses the emulator.
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            line = process.stdout.readline()
            if not line:
                said = process.stderr.read().strip().splitlines()
                raise EmulatorUnavailable(said[-1] if said else "the emulator ended at once")
            # What it says later is not read, and must not fill the pipe.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield _running(json.loads(line), process.pid)
        finally:
            # The end of its standard input ends it.
            process.stdin.close()
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _in_thread(options: Sequence[str]) -> Iterator[RunningEmulator]:
    from tablestore_emulator.__main__ import parsed, said
    from tablestore_emulator.controlled_service import Emulator
    from tablestore_emulator.server import serving

    arguments = parsed(options)
    started: dict[str, Any] = {}
    is_there = threading.Event()
    loop = asyncio.new_event_loop()
    is_over = asyncio.Event()

    async def serve() -> None:
        try:
            made = Emulator(arguments.settings, arguments.snapshot, arguments.request_seconds)
            async with serving(made, arguments.port, arguments.control_port) as listening:
                started.update(said(listening))
                is_there.set()
                await is_over.wait()
        except (OSError, ValueError) as error:
            started["error"] = error
            is_there.set()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        is_there.wait(_SECONDS)
        if "end_point" not in started:
            raise EmulatorUnavailable(str(started.get("error", "the emulator does not start")))
        yield _running(started, None)
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join(_SECONDS)
        loop.close()


def _running(started: dict[str, Any], process_id: int | None) -> RunningEmulator:
    return RunningEmulator(
        end_point=started["end_point"],
        instance_name=started["instance_name"],
        access_key_id=started["access_key_id"],
        access_key_secret=started["access_key_secret"],
        control=Control("127.0.0.1", started["control_port"], started["control_token"]),
        process_id=process_id,
    )
