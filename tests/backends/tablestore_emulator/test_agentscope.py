"""AgentScope's own TablestoreMemory, unmodified: it runs, and misses what it has just written."""

from __future__ import annotations

import asyncio
import time
import warnings
from typing import Any

import pytest

from tablestore_emulator import RunningEmulator, emulator

with warnings.catch_warnings():
    # What AgentScope imports has warnings of its own.
    warnings.simplefilter("ignore")
    pytest.importorskip("agentscope", reason="NOT TESTED: AgentScope is not installed")
    from agentscope.memory import TablestoreMemory
    from agentscope.message import Msg

pytestmark = pytest.mark.filterwarnings("ignore")


def _memory(running: RunningEmulator, **options: Any) -> Any:
    return TablestoreMemory(**running.client_options, user_id="u", session_id="s", **options)


@pytest.mark.parametrize("options", [{}, {"vector_dimension": 4}], ids=["default", "vectors"])
def test_what_it_can_do(store: Any, options: dict[str, int]) -> None:
    store.control.set_lag("0")

    async def run() -> None:
        memory = _memory(store.running, **options)
        await memory.add([Msg("a", "hello", "user"), Msg("b", "world", "assistant")], marks="hint")
        found = await memory.get_memory(mark="hint")
        assert {message.content for message in found} == {"hello", "world"}
        assert await memory.size() == 2
        assert await memory.update_messages_mark(new_mark="kept", old_mark="hint") == 2
        assert await memory.delete([found[0].id]) == 1
        assert await memory.delete_by_mark("kept") == 1
        await memory.add(Msg("a", "again", "user"))
        await memory.clear()
        assert await memory.size() == 0
        await memory.close()

    asyncio.run(run())


def test_with_the_lag_of_the_service_it_misses_what_it_has_just_written() -> None:
    async def run(running: RunningEmulator) -> None:
        memory = _memory(running)
        with running.control.frozen("clock"):
            await memory.add(Msg("a", "hello", "user"))
            assert await memory.get_memory() == []
        written = time.monotonic()
        while not await memory.get_memory():
            assert time.monotonic() - written < 60
            await asyncio.sleep(0.1)
        await memory.close()

    with emulator() as running:
        asyncio.run(run(running))
