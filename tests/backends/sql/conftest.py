"""A new SQLite file for each test, and a way to run a test with an engine on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'memory.sqlite'}"


@pytest.fixture
def run(url: str) -> Callable[..., Any]:
    """Run an async function with a new engine, made with the keyword arguments given."""

    def run(test: Callable[[AsyncEngine], Awaitable[T]], **options: Any) -> T:
        async def with_engine() -> T:
            engine = create_async_engine(options.pop("url", url), **options)
            try:
                return await test(engine)
            finally:
                await engine.dispose()

        return asyncio.run(with_engine())

    return run
