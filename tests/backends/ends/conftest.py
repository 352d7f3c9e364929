"""Servers of one's own, and proxies before them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from memcert_backends.servers import Server, ServerUnavailable, start

from .proxy import Proxies, proxies


class Started:
    """Servers of one's own, each started when it is asked for first."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self._servers: dict[str, Server] = {}

    def server(self, store: str) -> Server:
        if store not in self._servers:
            how = "embedded" if store in ("sqlite", "tablestore") else "process"
            try:
                self._servers[store] = self.stack.enter_context(start(store, how))
            except ServerUnavailable as error:
                if os.environ.get("CI"):
                    raise
                pytest.skip(str(error))
        return self._servers[store]


@pytest.fixture(scope="session")
def started() -> Iterator[Started]:
    found = Started()
    with found.stack:
        yield found


@pytest.fixture(scope="session")
def opened() -> Iterator[Proxies]:
    with proxies() as made:
        yield made
