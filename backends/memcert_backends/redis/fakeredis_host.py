"""The process that embedded Redis servers live in: ``python -m`` runs it, pipes command it.

Each line on standard input is a request, answered by one line on standard output: ``open PASSWORD``
starts an empty server and answers its TCP port, ``close PORT`` stops it. The process ends when its
standard input does, so it cannot outlive the one that started it.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sys
import threading

from memcert_backends.redis.compiled_scripts import keep_compiled_scripts
from memcert_backends.redis.fakeredis_server import FakeRedisServer

_servers: dict[int, FakeRedisServer] = {}


async def _answer(request: str) -> str:
    match request.split():
        case ["open", password]:
            server = FakeRedisServer(password)
            port = await server.start()
            _servers[port] = server
            return str(port)
        case ["close", port] if int(port) in _servers:
            await _servers.pop(int(port)).stop()
            return f"closed {port}"
    return "unknown request"


def _serve(loop: asyncio.AbstractEventLoop, requests: queue.SimpleQueue[str]) -> None:
    while True:
        answer = asyncio.run_coroutine_threadsafe(_answer(requests.get()), loop).result()
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def main() -> None:
    """Answer requests until standard input ends."""
    keep_compiled_scripts()
    loop = asyncio.new_event_loop()
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    # In threads of their own: whatever a script does, the end of standard input is seen here.
    threading.Thread(target=loop.run_forever, daemon=True).start()
    threading.Thread(target=_serve, args=(loop, requests), daemon=True).start()
    for request in sys.stdin:
        requests.put(request)
    os._exit(0)


if __name__ == "__main__":
    main()
