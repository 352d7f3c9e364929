"""A Redis Cluster for the whole run, for the tests of its server and of the memory in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from memcert_backends.servers import Server, start


@pytest.fixture(scope="session")
def redis_binary() -> None:
    """Skip, or fail in CI, where there is no redis-server."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("CI expects redis-server on PATH")
        pytest.skip("REDIS IS NOT TESTED: there is no redis-server on PATH")


@pytest.fixture(scope="session")
def cluster(redis_binary: None) -> Iterator[Server]:
    """A Redis Cluster of three masters."""
    with start("redis-cluster", "process") as server:
        yield server
