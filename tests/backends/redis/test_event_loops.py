"""One RedisMemory in several event loops, one after another."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

import pytest

from memcert_backends.redis import RedisMemory
from memcert_reference import Msg


# The connections of a loop that has gone cannot be closed any more.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_memory_with_its_own_client_works_in_each_new_loop(
    own_memory: Callable[..., RedisMemory],
) -> None:
    assert _faults(own_memory()) == []
    gc.collect()


def _faults(memory: RedisMemory) -> list[str]:
    async def end() -> int:
        async with memory:
            return await memory.size()

    faults = []
    for number in range(6):
        try:
            asyncio.run(memory.add(Msg("name", "text", "user", id=f"{number}")))
        except Exception as error:
            faults.append(f"{number}: {error!r}")
    if not faults and asyncio.run(end()) != 6:
        faults.append("not all are there")
    return faults
