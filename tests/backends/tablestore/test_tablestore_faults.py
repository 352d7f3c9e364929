"""What a memory does when the service does not do what it is asked for, or does not say so."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import aiohttp
import pytest

from memcert_backends.tablestore.retries import NoAnswer
from memcert_backends.tablestore.sdk import new_client, ots
from memcert_reference import Msg

from .conftest import Place


def _message(msg_id: object) -> Msg:
    return Msg("alice", "text", "user", id=str(msg_id))


PASSING: list[dict[str, Any]] = [
    {"code": "OTSServerBusy"},
    {"code": "OTSTimeout"},
    {"code": "OTSServerUnavailable"},
    {"code": "OTSPartitionUnavailable"},
    {"code": "OTSNotEnoughCapacityUnit"},
    {"code": "OTSFlowControl"},
    {"code": "OTSRowOperationConflict", "status": 409},
    {"code": "OTSTimeout", "is_done": True},
    {"code": "OTSServerBusy", "is_done": True},
    {"code": "OTSServerUnavailable", "body": "<html>no protobuf", "is_done": True},
    {"drop": "before"},
    {"drop": "after"},
    {"delay": 0.1},
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: "-".join(map(str, fault.values())))
def test_what_passes_is_tried_again_and_nothing_is_done_twice(
    place: Place, fault: dict[str, Any]
) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            for number in range(10):
                place.control.fail("*", count=2, **fault)
                await memory.add([_message(number), _message(f"{number} too")], "h")
            assert await other.size() == 20
            place.control.fail("PutRow", **fault)
            assert await memory.delete(["3", "4", "unknown"]) == 2
            place.control.fail("PutRow", **fault)
            assert await memory.update_messages_mark("new", "h", ["5", "3"]) == 1
            place.control.fail("PutRow", **fault)
            assert await memory.delete_by_mark("new") == 1
            place.control.fail("PutRow", **fault)
            await memory.update_compressed_summary("sum")
            place.control.fail("GetRange", **fault)
            summary, *messages = await other.get_memory()
            assert (summary.content, len(messages)) == ("sum", 17)
            place.control.fail("BatchWriteRow", **fault)
            place.control.fail("PutRow", **fault)
            await memory.clear()
            assert await other.size() == 0
            # What is only late comes but once.
            assert "delay" in fault or place.control.faults() == []

    asyncio.run(main())


def test_a_lost_answer_is_not_taken_for_anothers_record(place: Place) -> None:
    """The change was made before the connection broke; sent again, its row is there already."""

    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            await memory.add(_message("m"))
            await other.size()
            for number in range(5):
                place.control.fail("PutRow", drop="after")
                await memory.add(_message(number))
                # The other one's is refused, which is told from that.
                place.control.fail("PutRow", drop="after")
                assert await other.delete([str(number)]) == 1
            assert await memory.size() == 1

    asyncio.run(main())
    records = [item for item in place.rows() if item.columns["kind"] == "change"]
    assert len(records) == 11


@pytest.mark.parametrize("is_released", [True, False])
def test_rows_of_a_batch_that_are_refused_each_by_itself(place: Place, is_released: bool) -> None:
    """A transaction of somebody else's: the call goes well, and the rows in it do not."""
    noise = [Msg("a", random.Random(it).randbytes(10_000).hex(), "user") for it in range(100)]

    async def main() -> None:
        async with (
            new_client(**place.options) as client,
            place.memory(seconds_to_answer=60 if is_released else 4) as memory,
        ):
            await memory.add(_message("first"))
            space = [("space", memory._log._table._space)]
            lock = await client.start_local_transaction("memcert_memory", space)
            place.calls()
            adding = asyncio.create_task(memory.add(noise))
            while not (made := await asyncio.to_thread(place.calls)):
                pass
            assert set(made) == {"BatchWriteRow"}
            if is_released:
                await client.abort_transaction(lock)
                await adding
                assert await memory.size() == 101
                return
            with pytest.raises(ots.OTSServiceError, match="OTSRowOperationConflict"):
                await adding
            await client.abort_transaction(lock)
            assert await memory.size() == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"code": "OTSServerBusy"}, ots.OTSServiceError),
        ({"code": "OTSTimeout"}, ots.OTSServiceError),
        ({"drop": "before"}, aiohttp.ServerDisconnectedError),
        ({"drop": "after"}, aiohttp.ServerDisconnectedError),
        ({"delay": 6.0}, NoAnswer),
    ],
)
def test_what_does_not_pass_is_an_error_within_the_time_limit(
    place: Place, fault: dict[str, Any], error: type[Exception]
) -> None:
    async def main() -> None:
        async with place.memory(seconds_to_answer=4) as memory, place.memory() as other:
            await other.add(_message("first"))
            place.control.fail("*", count=None, **fault)
            started = time.monotonic()
            with pytest.raises(error):
                await memory.add(_message("second"))
            assert time.monotonic() - started < 15
            place.control.clear_faults()
            there = [message.id for message in await other.get_memory()]
            assert there in (["first"], ["first", "second"])
            assert [message.id for message in await memory.get_memory()] == there
            await memory.add(_message("second"))
            assert await other.size() == 2
            if "delay" in fault:
                # The emulator still has what was given up, and would note it in a later test.
                await asyncio.sleep(fault["delay"])

    asyncio.run(main())


def test_a_service_that_stands_still_is_an_error_and_works_afterwards(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as other, place.memory(seconds_to_answer=4) as memory:
            await other.add(_message("first"))
            with place.control.frozen("requests"):
                with pytest.raises(NoAnswer, match="no answer within 4 s"):
                    await memory.add(_message("second"))
                with pytest.raises(TimeoutError):
                    await memory.size()
            # What was given up may be done now.
            assert await memory.size() in (1, 2)
            await memory.add(_message("second"))
            assert await memory.size() == 2

    asyncio.run(main())


def test_a_service_that_is_not_there_is_an_error_soon(place: Place) -> None:
    async def main() -> None:
        async with place.memory(end_point="http://127.0.0.1:9") as memory:
            started = time.monotonic()
            with pytest.raises(aiohttp.ClientConnectorError):
                await memory.size()
            assert time.monotonic() - started < 15

    asyncio.run(main())


def test_what_is_refused_for_good_is_not_tried_again(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            await memory.add(_message("first"))
            place.calls()
            place.control.fail("PutRow", status=400, code="OTSParameterInvalid", count=None)
            with pytest.raises(ots.OTSServiceError, match="OTSParameterInvalid"):
                await memory.add(_message("second"))
            assert place.calls() == {"PutRow": 1}

    asyncio.run(main())


def test_a_table_that_cannot_be_made_is_an_error(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            place.control.fail("CreateTable", status=403, code="OTSNoPermissionAccess")
            with pytest.raises(ots.OTSServiceError, match="OTSNoPermissionAccess"):
                await memory.add(_message("m"))
            await memory.add(_message("m"))
            assert await memory.size() == 1

    asyncio.run(main())


def test_a_new_table_is_waited_for(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            place.control.fail("GetRow", status=404, code="OTSObjectNotExist", count=3)
            await memory.add(_message("m"))
            assert await memory.size() == 1

    asyncio.run(main())


@pytest.mark.parametrize("again", [False, True])
def test_a_cancelled_operation_ends_first(place: Place, again: bool) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            await memory.add(_message("first"))
            added = ["first"]
            cancelled = False
            while not cancelled:  # on a slow machine it may have ended before that
                added.append(f"{len(added)} more")
                place.control.fail("PutRow", delay=0.5)
                task = asyncio.create_task(memory.add(_message(added[-1])))
                while await asyncio.to_thread(place.control.faults):
                    pass
                cancelled = task.cancel()
            if again:
                await asyncio.sleep(0.05)
                task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            place.calls()
            assert [message.id for message in await memory.get_memory()] == added

    asyncio.run(main())
