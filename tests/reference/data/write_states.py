"""Write down the states that this release of memcert makes, for the tests of later ones.

``python tests/reference/data/write_states.py 0.1.0`` makes the file ``0.1.0/states.json``: by name,
the state of a memory that holds its content, which is what every memory exports, and the
``state_dict`` of one in a store. Run it with the release in question checked out. A file that is
there is never written again: what somebody saved has to load for good.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from memcert_reference import InMemoryMemory, Msg
from memcert_reference.json_text import dump_json

BLOCKS: list[Any] = [
    {"type": "text", "text": "\U0001f600\x00\u2028é\n"},
    {"type": "thinking", "thinking": "hm"},
    {"type": "tool_use", "id": "t", "name": "f", "input": {"k": [1, None, True, 0.1, -0.0]}},
    {"type": "tool_result", "id": "t", "name": "f", "output": [{"type": "text", "text": "x"}]},
    {"type": "image", "source": {"type": "url", "url": "http://example.com/x.png"}},
    {"type": "audio", "source": {"type": "base64", "media_type": "audio/wav", "data": "eA=="}},
]

LOOK_ALIKES = ["m", "M", "m ", "é", "e\u0301", "m:1", "%", "{m}", "x" * 255]


def message(msg_id: str, content: Any = "x", **fields: Any) -> Msg:
    return Msg("n", content, "user", id=msg_id, timestamp="2026-12-01 00:00:00.000", **fields)


async def states() -> dict[str, Any]:
    whole, ids, summary = InMemoryMemory(), InMemoryMemory(), InMemoryMemory()
    deep: Any = "deepest"
    for _ in range(90):
        deep = [deep]
    await whole.add(message("blocks", BLOCKS, metadata={"long": 10**60, "deep": deep, "": {}}))
    await whole.add(message("call", "", invocation_id="i"), ["hint", "hint", "é", "a:b"])
    await whole.add([message(f"m{number}") for number in range(5)], "many")
    await whole.update_messages_mark("some", "many", ["m3", "m1"])
    await whole.delete(["m0"])
    await whole.add(message("m0"))
    await whole.update_compressed_summary("what was said\x00")
    await ids.add([message(each) for each in LOOK_ALIKES], LOOK_ALIKES[:5])
    await summary.update_compressed_summary("s")
    memories = {"whole": whole, "ids": ids, "summary": summary, "empty": InMemoryMemory()}
    return {
        **{name: memory.state_dict() for name, memory in memories.items()},
        # What a memory says whose messages are in a store.
        "in a store": {"_compressed_summary": "s"},
    }


if __name__ == "__main__":
    file = Path(__file__).parent / sys.argv[1] / "states.json"
    file.parent.mkdir()
    file.write_text(dump_json(asyncio.run(states())) + "\n", "utf-8")
