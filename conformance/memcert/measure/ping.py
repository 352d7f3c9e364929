"""Another client of Redis, in a process of its own: how long its PINGs waited.

Run as ``python -m memcert.measure.ping URL...``: it says when it is ready, pings every server in
turn, and at the end of its input prints what it found, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

_PAUSE_SECONDS = 0.001


@dataclass
class Pings:
    """What another client saw.

    Args:
        longest: the longest that one waited, in seconds.
        count: how many there were.
    """

    longest: float = 0.0
    count: int = 0


@asynccontextmanager
async def pinging(urls: Sequence[str]) -> AsyncIterator[Pings]:
    """Ping servers from another process for as long as the context lasts, and then say.

    Args:
        urls: the servers.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "memcert.measure.ping", *urls),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    found = Pings()
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield found
    finally:
        # The end of its input ends it.
        assert process.stdin is not None
        process.stdin.close()
        output, _ = await process.communicate()
    told = json.loads(output)
    found.longest, found.count = told["longest"], told["count"]


def main(urls: Sequence[str]) -> None:
    """Ping servers until the input ends, and print what was found.

    Args:
        urls: the servers.
    """
    from redis import Redis

    ended = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(Redis.from_url(url)) for url in urls]
        for client in clients:
            client.ping()
        _say("ready")

        def wait() -> None:
            sys.stdin.read()
            ended.set()

        threading.Thread(target=wait, daemon=True).start()
        found = Pings()
        while not ended.wait(_PAUSE_SECONDS):
            for client in clients:
                begin = time.perf_counter()
                client.ping()
                found.longest = max(found.longest, time.perf_counter() - begin)
                found.count += 1
        _say(json.dumps({"longest": found.longest, "count": found.count}))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
