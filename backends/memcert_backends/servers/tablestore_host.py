"""The emulator as a server that keeps what it acknowledged: ``python -m`` runs it.

Every request that may change something is in a file before it is answered, and done again when the
server starts. A file that ends within a request had not answered it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from memcert_backends.tablestore.emulator.errors import ServiceError
from memcert_backends.tablestore.emulator.lag import Lag
from memcert_backends.tablestore.emulator.server import Emulator, serving
from memcert_backends.tablestore.emulator.service import Request, Service
from memcert_backends.tablestore.emulator.settings import Settings

JOURNAL = "journal"
"""The file with the requests, in the folder of the server."""

READY = "ready"
"""The file that says which process answers, and at which port."""

_READING = ("BatchGetRow", "Describe", "Get", "List", "ParallelScan", "Search", "ComputeSplits")
_NUMBER_BYTES = 8


class _Keeping(Service):
    """A service that writes down what it is asked for.

    Args:
        settings: how it is set up.
        path: the file.
    """

    def __init__(self, settings: Settings, path: Path) -> None:
        super().__init__(settings)
        whole = 0
        if path.exists():
            for request, end in _requests(path.read_bytes()):
                whole = end
                try:
                    super()._do(request)
                except ServiceError:
                    # As it was answered then.
                    continue
        # Unbuffered: what is written survives the process, though not the machine.
        self._file: BinaryIO = path.open("ab", buffering=0)
        self._file.truncate(whole)

    def _do(self, request: Request) -> bytes:
        # It was verified; whether it can be done, it shows again.
        if not request.api.startswith(_READING):
            path = request.path.encode()
            parts = (len(path).to_bytes(_NUMBER_BYTES), len(request.body).to_bytes(_NUMBER_BYTES))
            self._file.write(b"".join((*parts, path, request.body)))
        return super()._do(request)


def _requests(kept: bytes) -> Iterator[tuple[Request, int]]:
    place = 0
    while place + 2 * _NUMBER_BYTES <= len(kept):
        middle = place + _NUMBER_BYTES
        start = middle + _NUMBER_BYTES
        path_end = start + int.from_bytes(kept[place:middle])
        end = path_end + int.from_bytes(kept[middle:start])
        if end > len(kept):
            return
        yield Request(kept[start:path_end].decode(), {}, kept[path_end:end]), end
        place = end


async def _serve(folder: Path, port: int, lag: Lag) -> None:
    settings = Settings(lag=lag)
    made = Emulator(settings)
    made.service = _Keeping(settings, folder / JOURNAL)
    async with serving(made, port) as listening:
        said: dict[str, Any] = {"process": os.getpid(), "port": listening.port}
        made_whole = folder / f"{READY}.new"
        made_whole.write_text(json.dumps(said), "utf-8")
        made_whole.replace(folder / READY)
        await asyncio.Event().wait()


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
