"""The first Ctrl-C ends a program whose memory waits for a database."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

PROGRAM = """
import asyncio, sys
from sqlalchemy.ext.asyncio import create_async_engine
from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

async def main():
    options = {"connect_args": {"timeout": 60}} if sys.argv[1].startswith("sqlite") else {}
    engine = create_async_engine(sys.argv[1], **options)
    memory = AsyncSQLAlchemyMemory(engine, operation_timeout=None)
    await memory.size()
    print("waits", flush=True)
    try:
        await memory.add(Msg("name", "text", "user", id="late"))
    finally:
        await engine.dispose()

asyncio.run(main())
"""


@pytest.mark.parametrize("silent", [False, True], ids=["locked", "silent"])
def test_the_first_interrupt_ends_the_program(
    run: Any, url: str, silent: bool, request: pytest.FixtureRequest
) -> None:
    if silent and url.startswith("sqlite"):
        pytest.skip("a file is never silent")

    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(Msg("name", "text", "user", id="first"))
        lock = (
            "BEGIN IMMEDIATE"
            if url.startswith("sqlite")
            else ("SELECT id FROM memcert_spaces FOR UPDATE")
        )
        route, by = None, url
        if silent:
            route, by = request.getfixturevalue("network").route()
        async with engine.connect() as connection:
            await connection.exec_driver_sql(lock)
            command = [sys.executable, "-c", PROGRAM, by]
            pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            with subprocess.Popen(command, **pipes) as program:  # noqa: ASYNC220 - it is quick
                assert program.stdout is not None
                assert await asyncio.to_thread(program.stdout.readline) == b"waits\n"
                await asyncio.sleep(0.3)
                if route is not None:
                    route.fall_silent()
                program.send_signal(signal.SIGINT)
                # It takes about a second; for ever is what is wrong.
                _, errors = await asyncio.to_thread(program.communicate, timeout=20)
            assert b"KeyboardInterrupt" in errors
            await connection.rollback()
        if route is not None:
            route.speak()
        assert [one.id for one in await memory.get_memory()] == ["first"]

    run(check)
