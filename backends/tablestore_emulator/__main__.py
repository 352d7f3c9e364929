"""The emulator as a program: ``tablestore-emulator --port 8087``."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tablestore_emulator.lag import Lag
from tablestore_emulator.settings import REQUEST_SECONDS, Settings

if TYPE_CHECKING:
    # The server needs an extra: the help is there without it.
    from tablestore_emulator.server import Serving


PROGRAM = "tablestore-emulator"
"""What the command is called."""


@dataclass(frozen=True)
class Arguments:
    """What the program was asked for.

    Args:
        settings: how the emulator is set up.
        port: where clients reach it.
        control_port: where tests do.
        snapshot: a file with the state to start from, and where it is kept on request.
        request_seconds: how long a request's headers may take, and then its body.
        is_piped: whether it says where it is as JSON, and ends with its standard input.
    """

    settings: Settings
    port: int
    control_port: int
    snapshot: Path | None
    request_seconds: float
    is_piped: bool


def main(arguments: Sequence[str] | None = None, program: str = PROGRAM) -> int:
    """Run an emulator until it is interrupted.

    Args:
        arguments: those of the command line; None for this process's.
        program: what the command is called, for its help.

    Returns:
        The exit code.
    """
    asked = parsed(arguments, program)
    try:
        asyncio.run(_serve(asked))
    except (OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"the emulator does not start: {error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def parsed(arguments: Sequence[str] | None = None, program: str = PROGRAM) -> Arguments:
    """Return what a command line asks for.

    Args:
        arguments: the command line; None for this process's.
        program: what the command is called.
    """
    parser = argparse.ArgumentParser(
        prog=program,
        description="An emulator of Alibaba Cloud Tablestore, on 127.0.0.1.",
    )
    parser.add_argument(
        "--port", type=int, default=8087, help="where clients reach it (%(default)s)"
    )
    parser.add_argument(
        "--control-port", type=int, default=0, help="where tests do (by default any that is free)"
    )
    parser.add_argument(
        "--lag",
        type=_lag,
        default=Settings.lag,
        help="how far search indexes are behind: 1-3s as in the service (the default), 0, manual",
    )
    parser.add_argument(
        "--build", type=_lag, help="how long a new search index takes to be there (as --lag)"
    )
    parser.add_argument(
        "--secondary-lag",
        type=_lag,
        default=Settings.secondary_lag,
        help="how far global secondary indexes are behind (1-10ms)",
    )
    parser.add_argument("--seed", type=int, help="where chance comes from")
    parser.add_argument("--instance", default=Settings.instance_name, help="(%(default)s)")
    parser.add_argument("--key-id", default=Settings.access_key_id, help="(%(default)s)")
    parser.add_argument("--key-secret", default=Settings.access_key_secret, help="(%(default)s)")
    parser.add_argument(
        "--transactions",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether tables have local transactions",
    )
    parser.add_argument(
        "--snapshot", type=Path, help="a file to start from, and to keep the state in on request"
    )
    parser.add_argument(
        "--request-seconds",
        type=_seconds,
        default=REQUEST_SECONDS,
        help="how long a request's headers may take, and then its body (%(default)g)",
    )
    # For `tablestore_emulator.running`.
    parser.add_argument("--piped", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    settings = Settings(
        instance_name=given.instance,
        access_key_id=given.key_id,
        access_key_secret=given.key_secret,
        lag=given.lag,
        build=given.build,
        secondary_lag=given.secondary_lag,
        has_transactions=given.transactions,
        seed=given.seed,
    )
    return Arguments(
        settings,
        given.port,
        given.control_port,
        given.snapshot,
        given.request_seconds,
        given.piped,
    )


def said(listening: Serving) -> dict[str, Any]:
    """Return where an emulator is, and how clients sign.

    Args:
        listening: the emulator.
    """
    from tablestore_emulator.server import HOST

    settings = listening.emulator.settings
    return {
        "end_point": f"http://{HOST}:{listening.port}",
        "control_port": listening.control_port,
        "control_token": listening.emulator.control_token,
        "instance_name": settings.instance_name,
        "access_key_id": settings.access_key_id,
        "access_key_secret": settings.access_key_secret,
    }


async def _serve(asked: Arguments) -> None:
    from tablestore_emulator.controlled_service import Emulator
    from tablestore_emulator.server import serving

    loop = asyncio.get_running_loop()
    is_over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not where there are no signals, as on Windows: there an interrupt is an exception.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, is_over.set)
    made = Emulator(asked.settings, asked.snapshot, asked.request_seconds)
    async with serving(made, asked.port, asked.control_port) as listening:
        where = said(listening)
        if asked.is_piped:
            sys.stdout.write(json.dumps(where) + "\n")
            threading.Thread(target=_wait_for_end, args=(loop, is_over), daemon=True).start()
        else:
            sys.stdout.write(
                "".join(f"{name.replace('_', ' ')}: {value}\n" for name, value in where.items())
            )
        sys.stdout.flush()
        await is_over.wait()


def _wait_for_end(loop: asyncio.AbstractEventLoop, is_over: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(is_over.set)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"a time limit is more than 0 seconds, not {text!r}")
    return seconds


def _lag(text: str) -> Lag:
    try:
        return Lag.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
