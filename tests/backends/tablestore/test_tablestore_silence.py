"""What a memory does where the service says nothing, too slowly, or does not even listen."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.retries import NoAnswer
from memcert_backends.tablestore.sdk import new_client, ots
from memcert_backends.time_limit import SECONDS_AFTER_CANCELLATION
from memcert_reference import Msg

from .conftest import Place

SLACK = 0.5
"""What an operation may take beyond its limit, in seconds."""

SILENT, DRIPPING, DEAF = "silent", "dripping", "deaf"
WAYS = pytest.mark.parametrize("way", [SILENT, DRIPPING, DEAF])
CLIENTS = pytest.mark.parametrize("client", ["own", "lent", "lent, with the SDK's retries"])

LARGE = random.Random(1).randbytes(1_500_000).hex()  # more than the buffers of a connection take
FIRST = Msg("a", "text", "user", id="m")
NEW = [Msg("a", "text", "user", id="new"), Msg("a", "text", "user", id="too")]

OPERATIONS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "add": lambda memory: memory.add(NEW, "mark"),
    "add much": lambda memory: memory.add([Msg("a", LARGE, "user", id="new"), NEW[1]]),
    "delete": lambda memory: memory.delete(["m"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark("mark"),
    "update_messages_mark": lambda memory: memory.update_messages_mark("new", "mark"),
    "update_compressed_summary": lambda memory: memory.update_compressed_summary("new"),
    "clear": lambda memory: memory.clear(),
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "export_state": lambda memory: memory.export_state(),
    "import_state": lambda memory: memory.import_state(
        {"_compressed_summary": "new", "content": [[it.to_dict(), []] for it in NEW]}
    ),
}
WRITES = ("add", "delete", "update_messages_mark", "update_compressed_summary")
SUMMARIES = {"", "new"}


class Line:
    """A connection to the emulator that can be made worse.

    Args:
        port: the emulator's port.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._way = ""
        self._changed = asyncio.Event()
        self.holds = asyncio.Event()
        """Set once something is held back."""
        self.released = asyncio.Event()
        """Set once what was held back is sent."""

    @property
    def way(self) -> str:
        """How bad it is; empty for not at all."""
        return self._way

    @way.setter
    def way(self, way: str) -> None:
        self._way = way
        self._changed.set()
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[int]:
        """Listen while the context lasts, and say at which port."""
        tasks: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            with suppress(OSError, asyncio.CancelledError):
                await asyncio.gather(self._asked(reader, back), self._answered(there, writer))
            writer.transport.abort()
            back.transport.abort()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            packet = await reader.read(65536)
            if self.way == DEAF:
                self.holds.set()
                await self.released.wait()
            if not packet:
                # Not by a reset: what was held back is to arrive.
                writer.write_eof()
                return
            writer.write(packet)

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while packet := await reader.read(65536):
            for place in range(len(packet)):
                if self.way == DRIPPING:
                    writer.write(packet[place : place + 1])
                    await asyncio.sleep(0.1)
                    continue
                while self.way in (SILENT, DEAF):
                    await self._changed.wait()
                writer.write(packet[place:])
                break
        writer.transport.abort()


class Trial:
    """Memories of one space each, behind a line.

    Args:
        line: the line.
        memories: a memory for each operation, in a space of its own.
    """

    def __init__(self, line: Line, memories: list[tuple[str, TablestoreMemory]]) -> None:
        self.line = line
        self.memories = memories

    async def each(self, act: Callable[[str, TablestoreMemory], Awaitable[None]]) -> None:
        """Do something with each memory, all at once."""
        async with asyncio.TaskGroup() as group:
            for name, memory in self.memories:
                group.create_task(_awaited(act(name, memory)))


async def _awaited(doing: Awaitable[None]) -> None:
    await doing


@asynccontextmanager
async def _trial(place: Place, client: str, **options: Any) -> AsyncIterator[Trial]:
    line = Line(urlsplit(place.options["end_point"]).port or 0)
    async with line.opened() as port:
        where = {**place.options, "end_point": f"http://127.0.0.1:{port}"}
        lent: Any = None
        if client == "lent":
            lent = new_client(**where, timeout=60)
        elif client != "own":
            lent = ots.AsyncOTSClient(**where, socket_timeout=60)
        given = where if lent is None else {"client": lent}
        memories = []
        async with new_client(**place.options) as other:
            for number, name in enumerate(OPERATIONS):
                memory = TablestoreMemory(**given, user_id=name, **options)
                await TablestoreMemory(client=other, user_id=name).add(FIRST, "mark")
                # Half of them know their space already, and have a connection.
                if number % 2 == (client == "own"):
                    await memory.size()
                memories.append((name, memory))
        before = asyncio.all_tasks()
        try:
            yield Trial(line, memories)
            line.way = ""
            line.released.set()
            # Nothing is left: no task, and no connection that is taken.
            for owner in {id(it.get_client()): it.get_client() for _, it in memories}.values():
                opened = owner._connection
                assert opened is None or not opened.pool.connector._acquired
            left = [repr(it.get_coro()) for it in asyncio.all_tasks() - before]
            assert [it for it in left if f" {Line.__name__}." not in it] == []
            for name, memory in memories:
                await _is_whole(name, memory)
        finally:
            line.way = ""
            line.released.set()
            for _, memory in memories:
                await memory.close()
            if lent is not None:
                await lent.close()


async def _is_whole(name: str, memory: TablestoreMemory) -> None:
    """The operation was done, or not, and the memory works."""
    state = await memory.export_state()
    ids = [entry[0]["id"] for entry in state["content"]]
    assert ids in ([], ["m"], ["m", "new", "too"], ["new", "too"]), name
    assert state["_compressed_summary"] in SUMMARIES
    await memory.add(Msg("a", "text", "user", id="later"))
    assert [it.id for it in await memory.get_memory(prepend_summary=False)] == [*ids, "later"]


@WAYS
@CLIENTS
def test_a_request_without_an_answer_is_an_error_within_its_limit(
    place: Place, way: str, client: str
) -> None:
    async def main() -> None:
        async with _trial(place, client, seconds_to_answer=1) as trial:
            trial.line.way = way

            async def act(name: str, memory: TablestoreMemory) -> None:
                async with asyncio.timeout(20):
                    with pytest.raises(NoAnswer, match=r"^no answer within 1 s"):
                        await OPERATIONS[name](memory)

            await trial.each(act)

    asyncio.run(main())


@WAYS
@CLIENTS
def test_every_operation_ends_within_its_limit(place: Place, way: str, client: str) -> None:
    async def main() -> None:
        limit = 1.0
        async with _trial(place, client, seconds_to_answer=60, operation_timeout=limit) as trial:
            trial.line.way = way
            loop = asyncio.get_running_loop()
            took = []

            async def act(name: str, memory: TablestoreMemory) -> None:
                started = loop.time()
                what = f"TablestoreMemory.{name.removesuffix(' much')} took longer than 1 s"
                with pytest.raises(TimeoutError, match=re.escape(what)):
                    await OPERATIONS[name](memory)
                took.append(loop.time() - started)

            await trial.each(act)
            # All of them at once, on a machine that may be slow: the limit shows in most.
            took.sort()
            assert took[len(took) // 2] < limit + SECONDS_AFTER_CANCELLATION + 2 * SLACK

    asyncio.run(main())


@WAYS
@CLIENTS
def test_a_cancelled_operation_ends_soon_and_leaves_nothing(
    place: Place, way: str, client: str
) -> None:
    async def main() -> None:
        async with _trial(place, client, seconds_to_answer=60) as trial:
            trial.line.way = way
            loop = asyncio.get_running_loop()
            took = []

            async def act(name: str, memory: TablestoreMemory) -> None:
                task = asyncio.ensure_future(OPERATIONS[name](memory))
                await asyncio.sleep(0.5)
                started = loop.time()
                task.cancel()
                if client == "lent":
                    await asyncio.sleep(0)
                    task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                took.append(loop.time() - started)

            await trial.each(act)
            took.sort()
            assert took[len(took) // 2] < SECONDS_AFTER_CANCELLATION + SLACK

    asyncio.run(main())


@WAYS
def test_close_ends_within_its_limit(place: Place, way: str) -> None:
    """It has a summary to store, which was loaded."""

    async def main() -> None:
        async with _trial(place, "own", seconds_to_answer=60, operation_timeout=1) as trial:
            trial.line.way = way
            _, memory = trial.memories.pop()
            memory.load_state_dict({"_compressed_summary": "loaded"})
            async with asyncio.timeout(20):
                with pytest.raises(TimeoutError, match="close took longer than 1 s"):
                    await memory.close()
            assert memory.get_client()._connection is None

    asyncio.run(main())


def test_many_operations_that_wait_for_their_turn_end_together(place: Place) -> None:
    """The wait for the turn counts: the tenth does not take ten times as long."""

    async def main() -> None:
        async with _trial(place, "own", seconds_to_answer=60, operation_timeout=1) as trial:
            trial.line.way = SILENT
            memory = trial.memories[0][1]
            async with asyncio.timeout(10):
                ended = await asyncio.gather(
                    *(OPERATIONS[name](memory) for name in WRITES * 5), return_exceptions=True
                )
            assert {type(it) for it in ended} == {TimeoutError}
            assert all(str(it) for it in ended)

    asyncio.run(main())


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("read", ["size", "get_memory", "export_state", "delete", "clear"])
def test_what_was_given_up_takes_no_effect_after_the_next_operation(
    place: Place, read: str, is_known: bool
) -> None:
    """The request waits in a buffer, and arrives when its writer has gone on."""

    async def main() -> None:
        line = Line(urlsplit(place.options["end_point"]).port or 0)
        async with line.opened() as port, place.memory() as other:
            await other.add(FIRST)
            where = {**place.options, "end_point": f"http://127.0.0.1:{port}"}
            async with TablestoreMemory(**where) as memory:
                await (memory.size() if is_known else memory.add(Msg("a", "b", "user", id="n")))
                line.way = DEAF
                adding = asyncio.create_task(memory.add(NEW))
                await line.holds.wait()
                adding.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await adding
                line.way = ""
                await (memory.delete(["x"]) if read == "delete" else getattr(memory, read)())
                before = await other.export_state()
                place.calls()
                line.released.set()
                async with asyncio.timeout(30):
                    while not await asyncio.to_thread(place.control.calls, "PutRow"):
                        pass
                place.calls()
                assert await other.export_state() == before
                assert await memory.export_state() == before
                assert place.calls()["PutRow"] == 0
                await memory.add(NEW)
                assert await other.size() == len(before["content"]) + 2

    asyncio.run(main())


def test_a_reader_who_may_not_write_any_more_reads(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            await memory.add(FIRST)
            place.control.fail("PutRow", count=3, drop="before")
            with pytest.raises(aiohttp.ClientError):
                await memory.add(NEW)
            place.control.fail("PutRow", count=None, status=403, code="OTSNoPermissionAccess")
            assert await memory.size() == 1
            with pytest.raises(ots.OTSServiceError, match="OTSNoPermissionAccess"):
                await memory.add(NEW)
            place.control.clear_faults()
            assert await memory.size() == 1
            place.calls()
            assert await memory.size() == 1
            assert place.calls() == {"GetRange": 1}

    asyncio.run(main())
