"""The states that earlier releases exported are imported whole, into every store."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcert.resolver import resolve
from memcert_backends.backend import Space
from memcert_backends.servers import Server, start
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY

FILES = sorted((Path(__file__).parents[1] / "reference" / "data").glob("*/states.json"))


@pytest.fixture(params=["sqlite", "redis", "tablestore"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with start(request.param) as server:
        yield server


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_an_exported_state_comes_back_as_it_was(server: Server, file: Path) -> None:
    states: Any = load_json(file.read_text("utf-8"))

    async def main() -> None:
        for state in states.values():
            space = Space(uuid.uuid4().hex, "s", server)
            async for memory in resolve(server.store).open(space):
                if CONTENT_KEY in state:
                    await memory.import_state(state)
                    assert dump_json(await memory.export_state()) == dump_json(state)
                else:
                    memory.load_state_dict(state)
                    await memory.size()
                    assert memory.state_dict()[SUMMARY_KEY] == state[SUMMARY_KEY]

    asyncio.run(main())
