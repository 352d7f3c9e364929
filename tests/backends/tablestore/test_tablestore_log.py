"""How a space is stored: what is written, how it is shortened, and that none of it gets lost."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import aiohttp
import pytest

from memcert_backends.tablestore import TablestoreMemory, record
from memcert_backends.tablestore.log import BrokenLog, Log
from memcert_backends.tablestore.record import FEW_CHANGES, Head, part_key, record_key
from memcert_backends.tablestore.row import KIND, Item
from memcert_backends.tablestore.state import addition, replacement
from memcert_backends.tablestore.table import LogTable
from memcert_reference import Msg

from .conftest import Place


def _message(msg_id: object, content: str = "text") -> Msg:
    return Msg("alice", content, "user", id=str(msg_id))


_CHANCE = random.Random(0)


def _noise(size: int) -> str:
    """Return a text that cannot be compressed to less than half."""
    return _CHANCE.randbytes(size // 2).hex()


def _log_of(memory: TablestoreMemory) -> Log:
    return memory._log


def _table_of(memory: TablestoreMemory) -> LogTable:
    return memory._log._table


def _ids(messages: list[Msg]) -> list[str]:
    return [message.id for message in messages]


def test_how_many_requests_operations_take(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as new:
            await memory.add([_message(number) for number in range(50)], "h")
            await memory.size()
            place.calls()
            await memory.get_memory()
            assert place.calls() == {"GetRange": 1}
            for doing in (
                memory.add(_message("another")),
                memory.delete(["3"]),
                memory.delete_by_mark("h"),
                memory.update_messages_mark("new"),
                memory.update_compressed_summary("sum"),
            ):
                await doing
                assert place.calls() == {"PutRow": 1}
            # What seems to change nothing is made sure of.
            assert await memory.delete(["unknown"]) == 0
            assert place.calls() == {"GetRange": 1}
            await memory.clear()
            assert place.calls() == {"PutRow": 1, "GetRow": 1, "GetRange": 1, "BatchWriteRow": 2}
            # A new memory, such as a service makes for each request.
            await new.add(_message("third"))
            assert place.calls() == {"GetRange": 1, "PutRow": 1}
            await new.add(_message("fourth"))
            assert place.calls() == {"PutRow": 1}
            assert await new.size() == 2
            assert place.calls() == {"GetRange": 1}
            # After somebody else wrote: the record is another one's, then what came meanwhile.
            await memory.add(_message("fifth"))
            assert place.calls() == {"PutRow": 2, "GetRow": 1, "GetRange": 1}

    asyncio.run(main())


def test_adding_to_a_large_space_does_not_read_it(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as new:
            await memory.add([_message(number, _noise(500)) for number in range(2000)])
            place.calls()
            await new.add(_message("new"))
            sizes = [call["response_bytes"] for call in place.control.calls()]
            assert sum(sizes) < 2000
            assert await memory.size() == 2001

    asyncio.run(main())


def test_requests_stay_within_the_limits_and_parts_are_published_last(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            await memory.add([_message(number, _noise(20_000)) for number in range(300)])
            calls = place.control.calls()
            sent = [call["request_bytes"] for call in calls if call["api"] == "BatchWriteRow"]
            assert len(sent) >= 3
            assert max(sent) < 1024 * 1024
            assert [call["api"] for call in calls if call["api"] != "GetRange"][-1] == "PutRow"
            assert _ids(await other.get_memory()) == [str(number) for number in range(300)]

    asyncio.run(main())


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_batch_cut_in_the_middle_of_its_parts_is_absent(place: Place, drop: str) -> None:
    batch = [_message(number, _noise(20_000)) for number in range(300)]

    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            await memory.add(_message("first"))
            place.control.fail("BatchWriteRow", drop=drop, skip=1, count=None)
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await memory.add(batch)
            place.control.clear_faults()
            assert place.kinds()["part"] >= 3
            for each in (memory, other):
                assert _ids(await each.get_memory()) == ["first"]
            await memory.add(batch)
            for each in (memory, other):
                assert await each.size() == 301
            async with place.memory() as new:
                assert await new.size() == 301

    asyncio.run(main())


def test_what_an_attempt_left_behind_goes_with_the_next_checkpoint(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            place.control.fail("PutRow", drop="before", count=None)
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await memory.add([_message(number, _noise(20_000)) for number in range(100)])
            place.control.clear_faults()
            assert place.kinds()["part"] >= 3
            await memory.add(_message("m"))
            await memory.clear()

    asyncio.run(main())
    assert place.kinds() == {"sealed": 1, "checkpoint": 1, "pointer": 1}


def test_the_loser_of_a_race_removes_its_parts_and_tries_again(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            await memory.size()
            await other.add(_message("first"))
            await memory.add([_message(number, _noise(20_000)) for number in range(60)])
            assert _ids(await other.get_memory()) == ["first", *map(str, range(60))]

    asyncio.run(main())
    parts = [item.key for item in place.rows() if item.columns[KIND] == "part"]
    assert {key.version for key in parts} == {2}
    assert len({key.writer for key in parts}) == 1


def test_a_log_is_shortened_as_it_grows(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as old:
            await memory.add(_message("kept"))
            assert await old.size() == 1
            for number in range(2 * FEW_CHANGES):
                await memory.add(_message(number))
                await memory.delete([str(number)])
            kinds = place.kinds()
            assert kinds["sealed"] > 3 * FEW_CHANGES
            assert kinds["change"] < FEW_CHANGES + 5
            async with place.memory() as new:
                for each in (old, new, memory):
                    assert _ids(await each.get_memory()) == ["kept"]

    asyncio.run(main())


def test_who_only_ever_adds_shortens_it_too(place: Place) -> None:
    async def main() -> None:
        for number in range(FEW_CHANGES + 10):
            async with place.memory() as memory:
                await memory.add(_message(number))
        async with place.memory() as memory:
            assert _ids(await memory.get_memory()) == [str(it) for it in range(FEW_CHANGES + 10)]

    asyncio.run(main())
    assert place.kinds()["sealed"] >= FEW_CHANGES


def test_a_log_is_shortened_if_most_of_it_is_gone_and_not_if_it_is_needed(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            for turn in range(3):
                await memory.add([_message(f"{turn} {it}", _noise(20_000)) for it in range(50)])
            await memory.delete(["0 0"])
            assert place.kinds()["checkpoint"] == 0
            for turn in range(3):
                await memory.delete([f"{turn} {it}" for it in range(49)])
            assert place.kinds()["checkpoint"] >= 1
            assert place.kinds()["part"] < 6
            async with place.memory() as new:
                assert _ids(await new.get_memory()) == ["0 49", "1 49", "2 49"]

    asyncio.run(main())


@pytest.mark.parametrize("way", ["clear", "import_state"])
def test_nothing_that_was_cleared_stays_in_the_table(place: Place, way: str) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            await memory.add(_message("m", "a secret"))
            await memory.add([_message(number, _noise(20_000)) for number in range(60)])
            await memory.delete(["m"])
            await memory.update_compressed_summary("kept")
            if way == "clear":
                await memory.clear()
            else:
                await memory.import_state({"_compressed_summary": "kept", "content": []})
            [summary] = await memory.get_memory()
            assert summary.content == "kept"

    asyncio.run(main())
    assert place.kinds() == {"sealed": 4, "checkpoint": 1, "pointer": 1}
    sealed = [item for item in place.rows() if item.columns[KIND] == "sealed"]
    assert all(set(item.columns) == {KIND, "written_by"} for item in sealed)


def test_a_writer_who_was_held_up_does_not_write_where_the_log_was_shortened(
    place: Place,
) -> None:
    async def main() -> None:
        async with place.memory() as slow, place.memory() as busy:
            await slow.add(_message("first"))
            # It knows the end of long ago, at which there is nothing to be read any more.
            for number in range(3 * FEW_CHANGES):
                await busy.add(_message(number))
            await busy.clear()
            assert place.kinds()["change"] == 0
            await slow.add(_message("late"))
            await slow.add(_message("later"))
            async with place.memory() as new:
                for each in (slow, busy, new):
                    assert _ids(await each.get_memory()) == ["late", "later"]

    asyncio.run(main())


def test_a_request_that_was_held_up_changes_nothing_after_it(place: Place) -> None:
    """As it may be on its way for minutes, after its sender gave it up."""

    async def main() -> None:
        async with place.memory() as slow, place.memory() as busy:
            await slow.add(_message("first"))
            assert slow._head is not None
            late = addition([], [])
            for number in range(FEW_CHANGES + 20):
                await busy.add(_message(number))
            assert place.kinds()["sealed"] >= FEW_CHANGES
            before = await busy.export_state()
            for version in range(FEW_CHANGES + 21):
                assert await _log_of(slow).append(Head(version), late) is None
            assert await busy.export_state() == before

    asyncio.run(main())


def test_a_checkpoint_that_comes_late_is_given_up_if_there_is_a_later_one(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as slow, place.memory() as busy:
            await slow.add([_message(number, _noise(20_000)) for number in range(60)])
            state, head = await slow._read(), slow._head
            assert head is not None
            old = replacement(state.summary, state.rows())
            for number in range(FEW_CHANGES + 20):
                await busy.add(_message(f"more {number}"))
            before = await busy.export_state()
            assert await _log_of(slow).checkpoint(head, old) is None
            async with place.memory() as new:
                assert await new.export_state() == before

    asyncio.run(main())


def test_a_checkpoint_goes_on_while_others_write(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as slow, place.memory() as busy:
            await slow.add([_message(number, _noise(20_000)) for number in range(60)])
            state, head = await slow._read(), slow._head
            assert head is not None
            old = replacement(state.summary, state.rows())
            await busy.add(_message("more"))
            await busy.delete(["3"])
            after = await _log_of(slow).checkpoint(head, old)
            assert after is not None
            assert (after.version, after.upto) == (4, 1)
            async with place.memory() as new:
                for each in (slow, busy, new):
                    assert _ids(await each.get_memory())[-2:] == ["59", "more"]
                    assert await each.size() == 60

    asyncio.run(main())


def test_readers_and_writers_while_the_log_is_shortened(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "FEW_CHANGES", 5)
    monkeypatch.setattr(record, "MANY_CHANGES", 20)
    writers, messages = 4, 40

    async def main() -> None:
        is_over = False

        async def write(number: int) -> None:
            async with place.memory() as memory:
                for turn in range(messages):
                    await memory.add(_message(f"{number} {turn}", _noise(3000)))
                    if turn % 4 == 3:
                        assert await memory.delete([f"{number} {turn - 1}"]) == 1
                    if turn % 5 == 4:
                        assert await memory.update_messages_mark("m", None, [f"{number} 0"]) in (
                            0,
                            1,
                        )

        async def read(is_new: bool) -> int:
            looks = 0
            async with place.memory() as memory:
                while not is_over:
                    async with place.memory() as new:
                        seen = _ids(await (new if is_new else memory).get_memory())
                    for number in range(writers):
                        turns = [int(it.split()[1]) for it in seen if it.startswith(f"{number} ")]
                        assert turns == sorted(set(turns))
                        # Everything before the last one, but for what was deleted.
                        gone = [it for it in range(max(turns, default=-1)) if it not in turns]
                        assert all(it % 4 == 2 for it in gone)
                    looks += 1
            return looks

        readers = [asyncio.create_task(read(is_new)) for is_new in (True, False)]
        await asyncio.gather(*(write(number) for number in range(writers)))
        is_over = True
        assert min(await asyncio.gather(*readers)) > 3
        async with place.memory() as memory:
            assert await memory.size() == writers * messages * 3 // 4
            assert len(await memory.get_memory("m")) == writers

    asyncio.run(main())
    assert place.kinds()["sealed"] > writers * messages


def test_a_checkpoint_that_fails_does_not_fail_the_operation(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            for number in range(FEW_CHANGES):
                await memory.add(_message(number))
            # The record of the change can be written, that of the checkpoint cannot.
            place.control.fail("PutRow", skip=1, status=400, code="OTSParameterInvalid")
            for number in range(3):
                await memory.add(_message(f"more {number}"))
            assert place.control.faults() == []
            assert place.kinds()["checkpoint"] == 1
            await memory.add(_message("last"))
            async with place.memory() as new:
                for each in (memory, new):
                    assert await each.size() == FEW_CHANGES + 4

    asyncio.run(main())


def test_sealing_that_was_broken_off_is_done_by_the_next(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            await memory.add([_message(number, _noise(20_000)) for number in range(60)])
            place.control.fail("BatchWriteRow", count=None, status=400, code="OTSParameterInvalid")
            await memory.clear()
            place.control.clear_faults()
            assert place.kinds()["part"] > 1
            async with place.memory() as new:
                assert await new.size() == 0
            await memory.add(_message("m"))
            await memory.clear()

    asyncio.run(main())
    assert place.kinds() == {"sealed": 3, "checkpoint": 1, "pointer": 1}


def test_a_log_with_a_gap_is_an_error(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as new:
            for number in range(3):
                await memory.add(_message(number))
            await _table_of(memory).write(delete=[record_key(2)])
            with pytest.raises(BrokenLog, match="has a gap after version 0"):
                await new.size()

    asyncio.run(main())


def test_a_change_of_a_newer_version_is_an_error(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            await memory.add(_message("m"))
            assert memory._head is not None
            unknown: Any = ["turn", "round"]
            assert await _log_of(memory).append(memory._head, unknown) is not None
            for _ in range(2):
                with pytest.raises(ValueError, match="a change that is not known here"):
                    await other.size()

    asyncio.run(main())


def test_parts_of_others_are_skipped_at_the_end(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory, place.memory() as new:
            await memory.add(_message("m"))
            left = [
                Item(part_key(2, number, "x"), {KIND: "part", "data": "?"})
                for number in range(1, 60)
            ]
            await _table_of(memory).write(put=left)
            await new.add(_message("n"))
            assert _ids(await memory.get_memory()) == ["m", "n"]

    asyncio.run(main())
