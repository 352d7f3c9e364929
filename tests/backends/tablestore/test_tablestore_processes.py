"""Several processes that write to one space, and one that is killed while it does."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time

from memcert_reference import Msg

from .conftest import Place

_WRITER = """
import asyncio, json, sys
from memcert_backends.tablestore import TablestoreMemory
from memcert_reference import Msg

options, name, messages = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])


async def main():
    async with TablestoreMemory(**options, seconds_to_answer=60) as memory:
        for number in range(messages):
            ids = [f"{name} {number} {part}" for part in range(3)]
            await memory.add([Msg("a", "text", "user", id=each) for each in ids], name)
            await memory.add(Msg("a", f"first of {name}", "user", id="shared"))
            assert await memory.delete([ids[1]]) == 1
            print(number, flush=True)


asyncio.run(main())
"""


def _writer(place: Place, name: str, messages: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, json.dumps(place.options), name, str(messages)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_lose_nothing(place: Place) -> None:
    messages = 60
    writers = [_writer(place, name, messages) for name in "ab"]
    for writer in writers:
        writer.communicate(timeout=300)
        assert writer.returncode == 0

    async def main() -> list[Msg]:
        async with place.memory() as memory:
            assert len(await memory.get_memory("a")) >= 2 * messages
            return await memory.get_memory()

    found = [message.id for message in asyncio.run(main())]
    assert found.count("shared") == 1
    for name in "ab":
        mine = [each for each in found if each.startswith(f"{name} ")]
        assert mine == [f"{name} {number} {part}" for number in range(messages) for part in (0, 2)]


def test_a_process_that_is_killed_loses_nothing_that_was_acknowledged(place: Place) -> None:
    with _writer(place, "a", 100_000) as writer:
        assert writer.stdout is not None
        for _ in range(20):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        acknowledged = 20 + len(writer.stdout.readlines())
    time.sleep(0.1)

    async def main() -> None:
        async with place.memory() as memory:
            ids = [message.id for message in await memory.get_memory("a")]
            whole = {f"a {number} {part}" for number in range(acknowledged) for part in (0, 2)}
            assert whole <= set(ids)
            # What it was at is there whole, with what follows it or without, or not at all.
            rest = [each for each in ids if each not in whole]
            at = f"a {acknowledged}"
            three = [f"{at} {part}" for part in range(3)]
            assert rest in ([], three, three[::2])
            await memory.add(Msg("b", "text", "user", id="m"))
            assert await memory.delete(["m"]) == 1

    asyncio.run(main())
