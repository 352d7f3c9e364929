"""The emulator as a server that keeps what it acknowledged: ``python -m`` runs it.

Every request that may change something is in a journal before it is done, and done again when the
server starts. What cannot be written down is not done: the service answers that it is not
available, and goes on when there is room.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from memcert_backends.tablestore.journal import Journal
from tablestore_emulator.controlled_service import Emulator
from tablestore_emulator.errors import ServiceError
from tablestore_emulator.lag import Lag
from tablestore_emulator.server import serving
from tablestore_emulator.service import Request, Service
from tablestore_emulator.settings import Settings

JOURNAL = "journal"
"""The file with the requests, in the folder of the server."""

READY = "ready"
"""The file that says which process answers, and at which port."""

_READING = ("BatchGetRow", "Describe", "Get", "List", "ParallelScan", "Search", "ComputeSplits")
_LOG = logging.getLogger(__name__)


class _Keeping(Service):
    """A service that writes down what it is asked for.

    Args:
        settings: how it is set up.
        path: the file.
    """

    def __init__(self, settings: Settings, path: Path) -> None:
        super().__init__(settings)
        self._journal = Journal(path)
        for place, body in self._journal.kept:
            try:
                super()._do(Request(place, {}, body))
            except ServiceError:
                # As it was answered then.
                continue
            except Exception:
                _LOG.exception("%s fails as it did when it was asked for", place)

    def _do(self, request: Request) -> bytes:
        # It was verified; whether it can be done, it shows again.
        if not request.api.startswith(_READING):
            try:
                self._journal.append(request.path, request.body)
            except OSError as error:
                said = f"The journal of the emulator cannot be written: {error.strerror}."
                raise ServiceError(503, "OTSServerUnavailable", said) from None
        return super()._do(request)


async def _serve(folder: Path, port: int, lag: Lag) -> None:
    settings = Settings(lag=lag)
    made = Emulator(settings)
    made.service = _Keeping(settings, folder / JOURNAL)
    async with serving(made, port) as listening:
        said: dict[str, Any] = {"process": os.getpid(), "port": listening.port}
        _say(folder, json.dumps(said))
        await asyncio.Event().wait()


def _say(folder: Path, text: str) -> None:
    ready, made_whole = folder / READY, folder / f"{READY}.new"
    try:
        made_whole.write_text(text, "utf-8")
        made_whole.replace(ready)
    except OSError:
        # On a full disk there is the file of the last time, with room for another number.
        with suppress(OSError):
            made_whole.unlink(missing_ok=True)
        with ready.open("r+", encoding="utf-8") as file:
            file.write(text)
            file.truncate()


def main() -> None:
    """Serve until the process is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lag", type=Lag.parse, required=True)
    given = parser.parse_args()
    asyncio.run(_serve(given.folder, given.port, given.lag))


if __name__ == "__main__":
    main()
