"""A way to run ``python -m memcert.measure`` in this process, in an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from memcert.measure.__main__ import main

MEMORIES = '''\
"""Backends that do more with more stored, and ones that forget."""

import asyncio

from sqlalchemy.ext.asyncio import create_async_engine

from memcert import backend
from memcert_backends import AsyncSQLAlchemyMemory
from memcert_reference import InMemoryMemory


class Slow(AsyncSQLAlchemyMemory):
    """Takes 30 µs for every message that is stored."""

    async def add(self, memories, marks=None):
        await asyncio.sleep(await self.size() * 30e-6)
        await super().add(memories, marks)


class Chatty(AsyncSQLAlchemyMemory):
    """Looks at one message in 100, each in a round trip of its own."""

    async def delete(self, msg_ids):
        for _ in range(await self.size() // 100):
            await self.size()
        return await super().delete(msg_ids)


class Lossy(AsyncSQLAlchemyMemory):
    """Drops every other message that is added alone."""

    added = 0

    async def add(self, memories, marks=None):
        self.added += 1
        if isinstance(memories, list) or self.added % 2:
            await super().add(memories, marks)


def on_sqlite(kind):
    async def open_memory(space):
        engine = create_async_engine(space.server.url)
        try:
            yield kind(engine, user_id=space.user_id, session_id=space.session_id)
        finally:
            await engine.dispose()

    return backend(kind.__name__.lower(), store="sqlite")(open_memory)


slow, chatty, lossy = map(on_sqlite, (Slow, Chatty, Lossy))
'''


class Found(NamedTuple):
    """What a run said and wrote."""

    status: int
    output: str
    data: dict[str, Any]
    text: str

    def lines(self, held: str) -> list[str]:
        """Return what holds, does not, or was not measured: each with what was found."""
        return [
            f"{line['text']}: {line['found']}"
            for backend in self.data["backends"]
            for part in backend["measurements"]
            for line in part["lines"]
            if line["held"] == held
        ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder but for ``memories.py``."""
    (tmp_path / "memories.py").write_text(MEMORIES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("MEMCERT_"):
            monkeypatch.delenv(name)
    # Naming a module puts the working folder on the path.
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


@pytest.fixture
def measure(folder: Path) -> Callable[..., Found]:
    """Measure in this process; an exception that nobody caught is raised."""

    def run(*arguments: str) -> Found:
        result = CliRunner().invoke(main, ["reports", *arguments], catch_exceptions=False)
        reports = folder / "reports"
        assert (reports / "measurements.json").is_file(), result.output
        return Found(
            result.exit_code,
            result.output,
            json.loads((reports / "measurements.json").read_text("utf-8")),
            (reports / "measurements.md").read_text("utf-8"),
        )

    return run


@pytest.fixture
def redis_server() -> str:
    """How a real Redis is started; CI has one."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("CI expects redis-server on PATH")
        pytest.skip("MEASURING REDIS IS NOT TESTED: there is no redis-server on PATH")
    return "process"
