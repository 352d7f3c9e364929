"""One engine in several event loops, one after another."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

ADVICE = ("dispose", "NullPool", "engine of its own", "new engine", "own engine")


# The connections of a loop that has gone cannot be closed any more.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_engine_of_another_loop_works_or_the_error_says_what_to_do(
    url: str, patience: dict[str, Any]
) -> None:
    engine = create_async_engine(url, **patience)
    memory = AsyncSQLAlchemyMemory(engine)
    faults = []
    for number in range(4):
        try:
            asyncio.run(memory.add(Msg("name", "text", "user", id=f"{number}")))
        except Exception as error:
            if not any(advice in str(error) for advice in ADVICE):
                faults.append(f"{number}: {error!r}")
    del memory, engine
    gc.collect()
    assert faults == []
