"""AgentScope's messages in Tablestore, seen at once though its own memory misses them."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope.memory
from agentscope.message import Msg

from memcert_backends.agentscope import TablestoreMemory
from tablestore_emulator.running import emulator


def test_what_was_written_is_read_at_once_as_agentscope_s_own_message() -> None:
    async def main(place: dict[str, str]) -> None:
        message = Msg("a", "x", "user", {"n": 1})
        async with TablestoreMemory(**place, user_id="u", session_id="s") as memory:
            assert isinstance(memory, agentscope.memory.MemoryBase)
            await memory.add(message, marks="hint")
            found = await memory.get_memory(mark="hint")
        assert [type(each) for each in found] == [Msg]
        assert vars(found[0]) == vars(message)

    with emulator() as running:
        place = {
            "end_point": running.end_point,
            "instance_name": running.instance_name,
            "access_key_id": running.access_key_id,
            "access_key_secret": running.access_key_secret,
        }
        asyncio.run(main(place))
