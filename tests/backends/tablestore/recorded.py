"""Data of a release, as rows: written down once with its code, put into an emulator by tests.

``python -m tests.backends.tablestore.recorded FOLDER``, run with a release's code, makes a folder.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import sys
from pathlib import Path
from typing import Any

from memcert_backends.tablestore import TablestoreMemory, data, log
from memcert_backends.tablestore.sdk import ots
from memcert_reference import Msg
from tablestore_emulator import emulator

DATA = Path(__file__).parent / "data"
"""A folder of rows and states for each release."""

TABLE = "memcert_memory"
"""The table that the rows are of."""

_KEY = ("space", "version", "part", "writer")
_SMALL_PART = 1024


def put_rows(options: dict[str, Any], release: str) -> None:
    """Make the table of a release, with all its rows.

    Args:
        options: what a client is made with.
        release: which one.
    """
    client = ots.OTSClient(**options)
    key = [("space", "STRING"), ("version", "INTEGER"), ("part", "INTEGER"), ("writer", "STRING")]
    client.create_table(
        ots.TableMeta(TABLE, key),
        ots.TableOptions(time_to_live=-1, max_version=1),
        ots.ReservedThroughput(ots.CapacityUnit(0, 0)),
    )
    for key, columns in json.loads((DATA / release / "rows.json").read_text("utf-8")):
        values = [(name, _value(it)) for name, it in columns.items()]
        client.put_row(TABLE, ots.Row(list(zip(_KEY, key, strict=True)), values))
    client.connection.pool.clear()


def states(release: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what each space of a release holds, by its user and session.

    Args:
        release: which one.
    """
    listed = json.loads((DATA / release / "states.json").read_text("utf-8"))
    return {(user, session): state for user, session, state in listed}


def _value(kept: Any) -> Any:
    return bytearray(base64.b64decode(kept["bytes"])) if isinstance(kept, dict) else kept


def _kept(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode()}
    return value


def _message(msg_id: str, content: Any = None, **more: Any) -> Msg:
    said = f"said in {msg_id}" if content is None else content
    return Msg("alice", said, "user", id=msg_id, **{"timestamp": "2026-01-02 03:04:05.678", **more})


def _noise(seed: int, size: int) -> str:
    return random.Random(seed).randbytes(size // 2).hex()  # It is to be the same.


async def _marks(memory: TablestoreMemory) -> None:
    await memory.add([_message("a"), _message("b"), _message("c")], ["hint", "keep"])
    await memory.add(_message("d"))
    await memory.add([_message("e"), _message("a", "not taken")], "\U0001f600 é:*%\n")
    await memory.update_messages_mark("all")
    await memory.update_messages_mark("new", "hint", ["a", "c"])
    await memory.update_messages_mark(None, "keep", ["b"])
    await memory.delete(["d", "unknown"])
    await memory.delete_by_mark(["hint"])
    # Deleted and added again: last, and without its old marks.
    await memory.add([_message("b", "again"), _message("d", "again")], ["again"])
    await memory.update_compressed_summary("what was said")


async def _summaries(memory: TablestoreMemory) -> None:
    await memory.update_compressed_summary("a summary\n\U0001f600 alone")


async def _no_summary(memory: TablestoreMemory) -> None:
    await memory.add(_message("m"))
    await memory.update_compressed_summary("gone")
    await memory.update_compressed_summary("")


async def _values(memory: TablestoreMemory) -> None:
    blocks = [
        {"type": "text", "text": "nul \0, \U0001f468\u200d\U0001f469, \u2028, \x85"},
        {"type": "thinking", "thinking": "…"},
        {
            "type": "tool_use",
            "id": "1",
            "name": "search",
            "input": {"n": 2**70, "f": 1.0, "": None},
        },
        {"type": "tool_result", "id": "1", "name": "search", "output": [{"deep": [[[[True]]]]}]},
    ]
    await memory.add(_message("x" * 255, blocks, metadata={"k": [1, -0.5, False, None, "é"]}))
    await memory.add(Msg("bob", "a", "assistant", id="é" * 255, invocation_id="run 1"))
    await memory.add(Msg("", "", "system", id="3", metadata=None), [f"m{n}" for n in range(40)])


async def _many(memory: TablestoreMemory) -> None:
    """More than a hundred changes: a checkpoint, sealed rows, a pointer, and changes after it."""
    for number in range(70):
        await memory.add(_message(f"{number}"), ["odd"] if number % 2 else None)
    for number in range(0, 50, 2):
        await memory.delete([f"{number}"])
    for number in range(1, 30, 2):
        await memory.update_messages_mark(f"mark {number}", None, [f"{number}"])
    await memory.update_compressed_summary("of many")
    await memory.delete_by_mark("mark 1")
    await memory.add(_message("0", "again"))


async def _large(memory: TablestoreMemory) -> None:
    """Parts of a change, and of a checkpoint."""
    await memory.add(_message("image", _noise(1, 9000)), "large")
    await memory.add(_message("small"))
    state = await memory.export_state()
    await memory.import_state(state)
    await memory.add([_message(f"large {n}", _noise(n, 5000)) for n in range(3)])
    await memory.delete(["large 1"])


async def _cleared(memory: TablestoreMemory) -> None:
    await memory.add([_message(f"{n}", _noise(n, 3000)) for n in range(5)], "m")
    await memory.update_compressed_summary("stays")
    await memory.clear()
    await memory.add(_message("after"), "m")


async def _torn(memory: TablestoreMemory) -> None:
    """Parts that a writer left behind when it was killed."""
    await memory.add(_message("m"))
    pieces = data.packed(_noise(9, 5000))
    assert len(pieces) > 1
    await log._Attempt(memory._log._table, 2, pieces).write_parts()
    await log._Attempt(memory._log._table, 3, pieces).write_parts()


async def _record(options: dict[str, Any], folder: Path) -> None:
    kept = []
    spaces = [("alice", it) for it in (_marks, _summaries, _no_summary, _values)]
    spaces += [("bob:*%é\n\U0001f600", it) for it in (_many, _large, _cleared, _torn)]
    for user, write in spaces:
        session = write.__name__.strip("_")
        async with TablestoreMemory(**options, user_id=user, session_id=session) as memory:
            await write(memory)
        async with TablestoreMemory(**options, user_id=user, session_id=session) as memory:
            kept.append([user, session, await memory.export_state()])
    lines = ",\n".join(json.dumps(it) for it in kept)
    (folder / "states.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def _rows(options: dict[str, Any]) -> list[Any]:
    client = ots.OTSClient(**options)
    found: list[Any] = []
    start: Any = [(name, ots.INF_MIN) for name in _KEY]
    end = [(name, ots.INF_MAX) for name in _KEY]
    while start:
        _, start, rows, _ = client.get_range(
            TABLE, ots.Direction.FORWARD, start, end, max_version=1
        )
        found += [
            [
                [column[1] for column in row.primary_key],
                {column[0]: _kept(column[1]) for column in row.attribute_columns},
            ]
            for row in rows
        ]
    client.connection.pool.clear()
    return found


def main(folder: Path) -> None:
    """Write down what this code stores.

    Args:
        folder: where.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Only a part's size differs: the files would have megabytes else.
    data.PART_BYTES = _SMALL_PART
    with emulator(lag="manual") as running:
        asyncio.run(_record(running.client_options, folder))
        lines = ",\n".join(json.dumps(it) for it in _rows(running.client_options))
        (folder / "rows.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
